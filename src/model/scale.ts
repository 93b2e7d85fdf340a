import type { AnyService, Scale } from "./service.ts";
import { isPureConsumer, type System } from "./system.ts";

/** More replicas than this are no answer: look at what makes them slow. */
const MOST_REPLICAS = 10;

/** A pure consumer with more replicas than its largest topic has partitions would idle. */
export function scaleOf(model: System, name: string, service: AnyService): Scale {
  if (!isPureConsumer(model, name, service)) return service.scale;
  const partitions = Math.max(...service.subscribes.map((topic) => model.topics[topic]?.partitions ?? 1));
  const max = Math.min(service.scale.max, MOST_REPLICAS, partitions);
  return { min: Math.min(service.scale.min, max), max };
}
