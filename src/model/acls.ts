/** Who may do what with which topic: the call graph as Kafka's authorizer enforces it. */
import { consumerGroup } from "./names.ts";
import type { AnyService } from "./service.ts";
import { deadLetterTopicOf, eventTopics, type System } from "./system.ts";

export type KafkaOperation = "Describe" | "DescribeConfigs" | "Read" | "Write";

export interface Acl {
  readonly resource: { readonly type: "topic" | "group"; readonly name: string };
  readonly operations: readonly KafkaOperation[];
}

/** Connects to Kafka at all. */
export const usesKafka = ({ publishes, subscribes }: AnyService): boolean => publishes.length + subscribes.length > 0;

const topic = (name: string, ...operations: KafkaOperation[]): Acl => ({
  resource: { type: "topic", name },
  operations,
});
const group = (name: string, ...operations: KafkaOperation[]): Acl => ({
  resource: { type: "group", name },
  operations,
});

/**
 * What one service may do, and nothing else: write what it publishes, read what it subscribes to in its own group, and, as a
 * subscriber, write dead letters, which its sidecar publishes under the service's own name.
 */
export function aclsOf(model: System, name: string): Acl[] {
  const service = model.services[name];
  if (!service) throw new TypeError(`no service "${name}" is declared`);
  const [deadLetters] = deadLetterTopicOf(model);
  const reads = new Set(service.subscribes);
  const writes = new Set([...service.publishes, ...(reads.size > 0 ? [deadLetters] : [])]);
  const topics = [...new Set([...reads, ...writes])].map((each) =>
    topic(
      each,
      "Describe",
      ...(reads.has(each) ? (["Read"] as const) : []),
      ...(writes.has(each) ? (["Write"] as const) : []),
    ),
  );
  return reads.size > 0 ? [...topics, group(consumerGroup(name), "Read")] : topics;
}

const everyTopic = (model: System): string[] => [
  ...eventTopics(model).map(([name]) => name),
  deadLetterTopicOf(model)[0],
];

const everyGroup = (model: System): string[] =>
  Object.entries(model.services)
    .filter(([, { subscribes }]) => subscribes.length > 0)
    .map(([name]) => consumerGroup(name));

/** KEDA compares the groups' offsets with the topics' ends; it reads no event. */
export const lagReaderAcls = (model: System): Acl[] => [
  ...everyTopic(model).map((name) => topic(name, "Describe")),
  ...everyGroup(model).map((name) => group(name, "Describe")),
];

/** People look into topics and groups; they change nothing. */
export const debuggerAcls = (model: System): Acl[] => [
  ...everyTopic(model).map((name) => topic(name, "Describe", "DescribeConfigs", "Read")),
  ...everyGroup(model).map((name) => group(name, "Describe")),
];
