import { describe, expect, test } from "@jest/globals";
import { type Acl, aclsOf, debuggerAcls, lagReaderAcls, usesKafka } from "#model/acls";
import { api } from "#model/service";
import type { System } from "#model/system";
import { todo } from "#system";
import { common, sample, withServices } from "./sample-system.ts";

/** As `topic task-events: Describe, Write`. */
const lines = (acls: readonly Acl[]): string[] =>
  acls.map(({ resource, operations }) => `${resource.type} ${resource.name}: ${operations.join(", ")}`).sort();

const operations = (acls: readonly Acl[]): string[] => [...new Set(acls.flatMap((acl) => acl.operations))].sort();

describe("what a service may do with Kafka", () => {
  test("lets a publisher write its topics, without a group or dead letters", () => {
    expect(lines(aclsOf(sample, "tasks"))).toEqual(["topic task-events: Describe, Write"]);
  });

  test("lets a subscriber read in its own group and write the dead letters that its sidecar publishes", () => {
    expect(lines(aclsOf(sample, "reader"))).toEqual([
      "group reader: Read",
      "topic dead-letters: Describe, Write",
      "topic task-events: Describe, Read",
    ]);
  });

  test("grants both on a topic that a service publishes and subscribes to, in one entry", () => {
    expect(lines(aclsOf(todo, "tasks"))).toContain("topic reminders: Describe, Read, Write");
  });

  test("grants nobody more than its entry in the model says", () => {
    for (const [name, service] of Object.entries(todo.services)) {
      const acls = aclsOf(todo, name);
      const topicsWith = (operation: string) =>
        acls
          .filter(
            ({ resource, operations: allowed }) => resource.type === "topic" && allowed.includes(operation as never),
          )
          .map(({ resource }) => resource.name)
          .sort();
      const deadLetters = service.subscribes.length > 0 ? ["dead-letters"] : [];
      expect(topicsWith("Read")).toEqual([...service.subscribes].sort());
      expect(topicsWith("Write")).toEqual([...service.publishes, ...deadLetters].sort());
      expect(acls.filter(({ resource }) => resource.type === "group").map(({ resource }) => resource.name)).toEqual(
        service.subscribes.length > 0 ? [name] : [],
      );
    }
  });

  test("is nothing for a service without topics", () => {
    const model: System = withServices({ idle: api({ ...common, port: 8090 }) });
    expect(usesKafka(todo.services.frontend)).toBe(false);
    expect(aclsOf(model, "idle")).toEqual([]);
  });

  test("refuses a service that nobody declared", () => {
    expect(() => aclsOf(todo, "taks")).toThrow('no service "taks" is declared');
  });
});

describe("users of Kafka that are no services", () => {
  test("KEDA describes every topic and every group, and does nothing else", () => {
    const acls = lagReaderAcls(todo);
    expect(operations(acls)).toEqual(["Describe"]);
    expect(acls.filter(({ resource }) => resource.type === "topic").map(({ resource }) => resource.name)).toEqual(
      Object.keys(todo.topics),
    );
    expect(acls.filter(({ resource }) => resource.type === "group").map(({ resource }) => resource.name)).toEqual([
      "chat",
      "tasks",
      "recurring",
      "notifications",
      "audit",
      "realtime",
    ]);
  });

  test("people's browser of topics reads and describes, and writes nowhere", () => {
    expect(operations(debuggerAcls(todo))).toEqual(["Describe", "DescribeConfigs", "Read"]);
    expect(
      debuggerAcls(todo).filter(
        ({ resource, operations: allowed }) => resource.type === "group" && allowed.includes("Read"),
      ),
    ).toEqual([]);
  });
});
