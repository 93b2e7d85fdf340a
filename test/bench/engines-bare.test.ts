import { describe, expect, it } from "@jest/globals";
import type { Manifest } from "#emit/document";
import { readRendered } from "#local/dapr/documents";
import { aclsOf, topicOf } from "#local/dapr/kafka-resources";
import { components } from "#model/names";
import { bareConfiguration, bareResources, withBareKafka } from "../../src/bench/engines/bare/documents.ts";

const SUBSCRIBERS = 3;
const rendered = readRendered("gitops/dev");
const withBare = withBareKafka(rendered, SUBSCRIBERS);

const find = (manifests: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const users = (of: readonly Manifest[]) =>
  of.filter(({ kind }) => kind === "KafkaUser").map(({ metadata }) => metadata.name);

describe("the documents of the bare chain", () => {
  it("has a topic with the partitions, copies and settings of the product's", () => {
    const { topic: _, ...ours } = topicOf(find(rendered.kafkaTopics, "KafkaTopic", "task-events"), 3);
    expect(topicOf(find(withBare.kafkaTopics, "KafkaTopic", "bench-echo"), 3)).toEqual({
      topic: "bench-echo",
      ...ours,
    });
  });

  it("leaves everything of the product as it is", () => {
    expect(withBare.kafkaTopics.slice(0, -1)).toEqual(rendered.kafkaTopics);
    expect(withBare.kafkaUsers.slice(0, rendered.kafkaUsers.length)).toEqual(rendered.kafkaUsers);
    expect(withBare.resources).toBe(rendered.resources);
  });

  it("has one Kafka user an app, allowed as much as the service it stands in for", () => {
    expect(users(withBare.kafkaUsers.slice(rendered.kafkaUsers.length))).toEqual([
      "bench-front",
      "bench-back-1",
      "bench-back-2",
      "bench-back-3",
    ]);
    const front = aclsOf(find(withBare.kafkaUsers, "KafkaUser", "bench-front"));
    const back = aclsOf(find(withBare.kafkaUsers, "KafkaUser", "bench-back-2"));
    expect(front).toHaveLength(aclsOf(find(rendered.kafkaUsers, "KafkaUser", "tasks")).length);
    expect(front.some(({ resourceName }) => resourceName === "task-events")).toBe(false);
    expect(back).toHaveLength(aclsOf(find(rendered.kafkaUsers, "KafkaUser", "audit")).length);
    expect(back.filter(({ resourceName }) => resourceName === "bench-back-2")).toHaveLength(1);
  });

  it("delivers the topic to every back with the retries and dead letters of the product", () => {
    const resources = bareResources(rendered, SUBSCRIBERS);
    const ours = find(rendered.resources, "Subscription", "audit-task-events");
    const subscriptions = resources.filter(({ kind }) => kind === "Subscription");
    expect(subscriptions.map(({ scopes }) => scopes)).toEqual([["bench-back-1"], ["bench-back-2"], ["bench-back-3"]]);
    for (const { spec } of subscriptions) {
      expect(spec).toEqual({
        ...(ours.spec as object),
        topic: "bench-echo",
        routes: { default: "/events/bench-echo" },
      });
    }
    expect(find(resources, "Resiliency", "bench-backs").spec).toEqual(
      find(rendered.resources, "Resiliency", "audit").spec,
    );
  });

  it("speaks to Kafka by a component that differs in topics and scopes alone", () => {
    type Spec = { readonly metadata: readonly { readonly name: string; readonly value?: string }[] };
    const entries = (of: readonly Manifest[]) => (find(of, "Component", components.pubsub).spec as Spec).metadata;
    const bare = entries(bareResources(rendered, SUBSCRIBERS));
    const changed = entries(rendered.resources).filter((entry, index) => entry.value !== bare[index]?.value);
    expect(changed.map(({ name }) => name)).toEqual([
      "allowedTopics",
      "protectedTopics",
      "publishingScopes",
      "subscriptionScopes",
    ]);
  });

  it("lets the front call under the access control of tasks, with mTLS", () => {
    const text = JSON.stringify(bareConfiguration(rendered));
    const ours = text.replace('"bench-front"', '"gateway"').replace('"name":"bench"', '"name":"tasks"');
    expect(ours).not.toBe(text);
    expect(JSON.parse(ours)).toEqual(rendered.configurations.get("tasks"));
  });
});
