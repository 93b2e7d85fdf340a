/** Compiled, never run: each `@ts-expect-error` fails the type check when the mistake below it starts to compile. */
import type { Kinds } from "#imports/kinds";

type Author<K extends keyof Kinds> = Kinds[K];

export const topic: Author<"kafka.strimzi.io/KafkaTopic"> = {
  spec: { partitions: 6, replicas: undefined, config: { "retention.ms": 604_800_000 } },
};

export const misspeltTopic: Author<"kafka.strimzi.io/KafkaTopic"> = {
  // @ts-expect-error `partition` is not a field of a KafkaTopic's spec
  spec: { partition: 6 },
};

export const topicWithTextPartitions: Author<"kafka.strimzi.io/KafkaTopic"> = {
  // @ts-expect-error partitions is a number
  spec: { partitions: "6" },
};

export const scaledObject: Author<"keda.sh/ScaledObject"> = {
  spec: {
    scaleTargetRef: { name: "recurring" },
    maxReplicaCount: 6,
    triggers: [{ type: "kafka", metadata: { lagThreshold: "50" }, metricType: "AverageValue" }],
  },
};

export const scaledObjectWithoutTarget: Author<"keda.sh/ScaledObject"> = {
  // @ts-expect-error scaleTargetRef is required
  spec: { triggers: [] },
};

export const scaledObjectWithHpaField: Author<"keda.sh/ScaledObject"> = {
  // @ts-expect-error an HPA says maxReplicas, a ScaledObject maxReplicaCount
  spec: { scaleTargetRef: { name: "recurring" }, triggers: [], maxReplicas: 6 },
};

export const scaledObjectWithNumberMetadata: Author<"keda.sh/ScaledObject"> = {
  spec: {
    scaleTargetRef: { name: "recurring" },
    // @ts-expect-error KEDA's trigger metadata are texts
    triggers: [{ type: "kafka", metadata: { lagThreshold: 50 } }],
  },
};

export const subscription: Author<"dapr.io/Subscription"> = {
  scopes: ["audit"],
  spec: {
    pubsubname: "pubsub-kafka-todo",
    topic: "task-events",
    routes: { default: "/events/task-events" },
    deadLetterTopic: "dead-letters",
  },
};

export const subscriptionOfTheOldVersion: Author<"dapr.io/Subscription"> = {
  // @ts-expect-error v1alpha1 said route, v2alpha1 says routes
  spec: { pubsubname: "pubsub-kafka-todo", topic: "task-events", route: "/events/task-events" },
};

export const subscriptionWithScopesInside: Author<"dapr.io/Subscription"> = {
  // @ts-expect-error scopes stands beside spec
  spec: { pubsubname: "pubsub-kafka-todo", topic: "task-events", routes: {}, scopes: ["audit"] },
};

// @ts-expect-error metadata is not part of a kind's own fields
export const withMetadata: Author<"kafka.strimzi.io/KafkaTopic"> = { metadata: { name: "x" }, spec: {} };

// @ts-expect-error no such kind
export type Unknown = Author<"kafka.strimzi.io/KafkaTopik">;
