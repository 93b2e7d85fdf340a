import { at, fieldsAt, listAt, numberAt, textAt, textsAt } from "./read.ts";
import type { Rendering, Rule } from "./rule.ts";

/** Brokers that the node pools run. */
const brokersOf = (rendering: Rendering): number =>
  rendering
    .ofKind("KafkaNodePool")
    .filter(({ manifest }) => textsAt(manifest.spec, "roles").includes("broker"))
    .reduce((sum, { manifest }) => sum + (numberAt(manifest.spec, "replicas") ?? 0), 0);

const replicas: Rule = {
  id: "kafka-replication",
  reason:
    "A topic with more replicas than brokers is never made; one that needs all replicas in sync stops with the first broker.",
  remedy: "Use replicationOf() for topics and for the cluster's defaults",
  severity: "error",
  *check(rendering) {
    const brokers = brokersOf(rendering);
    const counts = [
      ...rendering.ofKind("KafkaTopic").map((resource) => ({
        resource,
        copies: numberAt(resource.manifest.spec, "replicas") ?? 1,
        inSync: Number(at(resource.manifest.spec, "config", "min.insync.replicas") ?? 1),
      })),
      ...rendering.ofKind("Kafka").flatMap((resource) => {
        const config = fieldsAt(resource.manifest.spec, "kafka", "config");
        const of = (copies: string, inSync: string) => ({
          resource,
          copies: Number(config[copies] ?? 1),
          inSync: Number(config[inSync] ?? 1),
        });
        return [
          of("default.replication.factor", "min.insync.replicas"),
          of("offsets.topic.replication.factor", "min.insync.replicas"),
          of("transaction.state.log.replication.factor", "transaction.state.log.min.isr"),
        ];
      }),
    ];
    for (const { resource, copies, inSync } of counts) {
      if (copies > brokers) yield { resource, problem: `${copies} replicas on ${brokers} brokers` };
      if (copies < Math.min(3, brokers))
        yield { resource, problem: `only ${copies} of ${brokers} brokers hold each event` };
      if (copies > 1 ? inSync < 2 || inSync >= copies : inSync !== 1) {
        yield { resource, problem: `${inSync} of ${copies} replicas have to be in sync` };
      }
    }
  },
};

const topics: Rule = {
  id: "kafka-topics",
  reason:
    "Topics are made here and nowhere else: one that is missing or differs breaks the order or keeps events too short.",
  remedy: "Render every topic of the model with its partitions and its retention",
  severity: "error",
  *check(rendering) {
    if (rendering.environment.kafka.kind !== "strimzi") return;
    const rendered = new Map(
      rendering
        .ofKind("KafkaTopic")
        .map((resource) => [textAt(resource.manifest.spec, "topicName") ?? resource.manifest.metadata.name, resource]),
    );
    for (const [name, { partitions, retention }] of Object.entries(rendering.model.topics)) {
      const resource = rendered.get(name);
      if (!resource) {
        yield { origin: `topics.${name}`, problem: `no KafkaTopic makes ${name}` };
        continue;
      }
      const { spec } = resource.manifest;
      if (at(spec, "partitions") !== partitions) {
        yield { resource, problem: `it has ${String(at(spec, "partitions"))} partitions instead of ${partitions}` };
      }
      const kept = Number(at(spec, "config", "retention.ms"));
      if (kept !== retention.milliseconds) {
        yield { resource, problem: `it keeps events ${kept} ms instead of ${retention.milliseconds}` };
      }
    }
  },
};

const listeners: Rule = {
  id: "kafka-listeners",
  reason:
    "Strimzi's own NetworkPolicy opens a listener without peers to every pod, and one without authentication to anybody.",
  remedy: "Give each listener tls, authentication and networkPolicyPeers, and the cluster an authorization",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Kafka")) {
      const { spec } = resource.manifest;
      for (const listener of listAt(spec, "kafka", "listeners")) {
        const name = String(listener.name);
        if (listener.tls !== true) yield { resource, problem: `listener ${name} is not encrypted` };
        if (!textAt(listener, "authentication", "type"))
          yield { resource, problem: `listener ${name} asks nobody who they are` };
        if (listAt(listener, "networkPolicyPeers").length === 0) {
          yield { resource, problem: `listener ${name} is open to every pod` };
        }
      }
      if (textAt(spec, "kafka", "authorization", "type") !== "simple") {
        yield { resource, problem: "it authorises nobody: ACLs have no effect" };
      }
      if (at(spec, "kafka", "config", "auto.create.topics.enable") !== false) {
        yield { resource, problem: "a misspelt topic is made at its first use" };
      }
    }
  },
};

export const kafkaRules: readonly Rule[] = [replicas, topics, listeners];
