import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Manifest } from "#emit/document";
import { readRendered } from "#local/dapr/documents";
import { type LocalAddresses, localDocument } from "#local/dapr/overlay";
import { todo } from "#system";

const addresses: LocalAddresses = {
  kafka: ["127.0.0.1:1", "127.0.0.1:2"],
  valkey: "127.0.0.1:3",
  sentry: "127.0.0.1:4",
  secretsFile: "/secrets.json",
};
const rendered = readRendered(join(import.meta.dirname, "../../../gitops/dev"));

/** Paths at which two values differ; entries of a component's metadata go by their names. */
function differences(before: unknown, after: unknown, path = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [from, to] = [fieldsOf(before), fieldsOf(after)];
  if (!from || !to) return [path];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) =>
    differences(from[key], to[key], path ? `${path}.${key}` : key),
  );
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value) && value.every((each) => typeof each?.name === "string"))
    return Object.fromEntries(value.map((each) => [each.name, each]));
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

const changesOf = (document: Manifest): string[] => differences(document, localDocument(document, addresses));

describe("the rendered documents with local addresses laid over", () => {
  it("are all there: whatever the model declares has its documents", () => {
    const names = Object.keys(todo.services).sort();
    expect([...rendered.configurations.keys()].sort()).toEqual(names);
    expect([...rendered.annotations.keys()].sort()).toEqual(names);
    const subscriptions = rendered.resources.filter(({ kind }) => kind === "Subscription");
    expect(subscriptions).toHaveLength(
      Object.values(todo.services).flatMap(({ subscribes }) => [...subscribes]).length,
    );
    expect(rendered.kafkaTopics.map(({ metadata }) => metadata.name).sort()).toEqual(Object.keys(todo.topics).sort());
  });

  it("differ in addresses, the kind of secret store and where spans go alone", () => {
    const changed = rendered.resources.flatMap((document) =>
      changesOf(document).map((path) => `${document.kind} ${document.metadata.name}: ${path}`),
    );
    expect(changed.sort()).toEqual([
      "Component pubsub-kafka-todo: spec.metadata.brokers.value",
      "Component secretstore-cloud: spec.metadata.defaultNamespace",
      "Component secretstore-cloud: spec.metadata.secretsFile",
      "Component secretstore-cloud: spec.type",
      "Component statestore: spec.metadata.redisHost.value",
    ]);
    for (const configuration of rendered.configurations.values())
      expect(changesOf(configuration)).toEqual(["spec.mtls.sentryAddress"]);
  });

  it("send spans only where somebody collects them", () => {
    const [configuration] = [...rendered.configurations.values()] as [Manifest];
    const at = (spans?: string) =>
      (localDocument(configuration, { ...addresses, spans }).spec as { tracing: object }).tracing;
    expect(at()).toEqual({ samplingRate: "0" });
    expect(at("http://127.0.0.1:9/api/v2/spans")).toEqual({
      samplingRate: "1",
      zipkin: { endpointAddress: "http://127.0.0.1:9/api/v2/spans" },
    });
  });

  it("refuse a component that nothing on the machine can stand in for", () => {
    const component = {
      apiVersion: "dapr.io/v1alpha1",
      kind: "Component",
      metadata: { name: "mail" },
      spec: { type: "bindings.smtp", version: "v1", metadata: [] },
    };
    expect(() => localDocument(component, addresses)).toThrow("the component mail is bindings.smtp");
  });
});
