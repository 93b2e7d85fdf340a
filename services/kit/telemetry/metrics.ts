/** Metrics by the names that src/model/own-metrics.ts declares: dashboards and alerts read the same names. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from "prom-client";
import { type OwnMetric, ownMetrics } from "#model/own-metrics";

type Declared = typeof ownMetrics;
type NameOf<T extends OwnMetric["type"]> = {
  [N in keyof Declared]: Declared[N]["type"] extends T ? N : never;
}[keyof Declared];
type Label<N extends keyof Declared> = Declared[N]["labels"][number];

/** Each is registered when it is first asked for; asking again gives the same one. */
export interface Metrics {
  /** For `collect` callbacks of libraries. */
  readonly registry: Registry;
  /** Runs before every scrape; when it fails, what was measured last stands. */
  beforeScrape(update: () => Promise<void>): void;
  /** Prometheus text exposition format. */
  render(): Promise<string>;
  counter<N extends NameOf<"counter">>(name: N): Counter<Label<N>>;
  gauge<N extends NameOf<"gauge">>(name: N): Gauge<Label<N>>;
  histogram<N extends NameOf<"histogram">>(name: N): Histogram<Label<N>>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const made = new Map<string, Metric>();
  const get = <M extends Metric>(name: keyof Declared, make: (declared: OwnMetric) => M): M => {
    const known = made.get(name) ?? make(ownMetrics[name]);
    made.set(name, known);
    return known as M;
  };
  const base = (name: string, { help, labels }: OwnMetric) => ({
    name,
    help,
    labelNames: labels,
    registers: [registry],
  });
  const updates: (() => Promise<void>)[] = [];
  return Object.freeze({
    registry,
    beforeScrape: (update: () => Promise<void>) => {
      updates.push(update);
    },
    render: async () => {
      await Promise.allSettled(updates.map((update) => update()));
      return registry.metrics();
    },
    counter: <N extends NameOf<"counter">>(name: N) =>
      get(name, (declared) => new Counter<Label<N>>(base(name, declared) as never)),
    gauge: <N extends NameOf<"gauge">>(name: N) =>
      get(name, (declared) => new Gauge<Label<N>>(base(name, declared) as never)),
    histogram: <N extends NameOf<"histogram">>(name: N) =>
      get(name, (declared) => {
        const buckets = declared.type === "histogram" ? [...declared.buckets] : [];
        return new Histogram<Label<N>>({ ...base(name, declared), buckets } as never);
      }),
  });
}
