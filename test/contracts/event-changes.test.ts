import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Json } from "#contracts-check/alternatives";
import { eventChanges } from "#contracts-check/event-changes";
import type { EventContracts, TopicContract } from "#contracts-check/event-contracts";
import { compatible, data, everywhere, incompatible } from "./support/schemas.ts";

const V1 = "dev.todo.task.created.v1";
const V2 = "dev.todo.task.created.v2";
const attributes = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
const contracts = (topics: Record<string, TopicContract>, schemas: Record<string, Json> = {}): EventContracts => ({
  attributes,
  topics,
  schemas,
});
const only = (schema: Json): EventContracts => contracts({ tasks: { key: "id", types: { [V1]: schema } } });
const plain = { type: "object", properties: { id: { type: "string" }, n: { type: "integer" } }, required: ["id"] };
const verdicts = (before: EventContracts, now: EventContracts) =>
  eventChanges(before, now).map(({ contract, change, compatible: isCompatible }) => [contract, change, isCompatible]);

describe("a change of an event's data", () => {
  it("is none where nothing changed", () => {
    fc.assert(
      fc.property(data, (schema) => expect(eventChanges(only(schema), only(structuredClone(schema)))).toEqual([])),
    );
  });

  it.each(Object.entries(compatible))("is compatible when %s, anywhere", (_, change) => {
    let tried = 0;
    fc.assert(
      fc.property(data, (schema) => {
        for (const changed of everywhere(schema, change)) {
          tried++;
          expect(eventChanges(only(schema), only(changed)).filter(({ problems }) => problems.length > 0)).toEqual([]);
        }
      }),
    );
    expect(tried).toBeGreaterThan(0);
  });

  it.each(Object.entries(incompatible))("is refused when %s, anywhere", (_, change) => {
    let tried = 0;
    fc.assert(
      fc.property(data, (schema) => {
        for (const changed of everywhere(schema, change)) {
          tried++;
          expect(verdicts(only(schema), only(changed))).toEqual([[V1, "changed", false]]);
        }
      }),
    );
    expect(tried).toBeGreaterThan(0);
  });

  it("is refused through a schema that types share", () => {
    const share = (title: Json) =>
      contracts(
        { tasks: { key: "id", types: { [V1]: { $ref: "#/schemas/Task" } } } },
        {
          Task: { type: "object", properties: { title }, required: ["title"] },
        },
      );
    const [found] = eventChanges(share({ type: "string" }), share({ type: "string", maxLength: 9 }));
    expect(found?.problems).toEqual([
      { path: "data.title", reason: "maxLength is 9 now, not set before", breaks: "stored events" },
    ]);
  });

  it("is refused in what cannot be compared, whatever its fields are called", () => {
    const opaque = (type: string): Json => ({
      type: "object",
      properties: { title: { type } },
      patternProperties: { "^x": { type: "string" } },
    });
    expect(verdicts(only(opaque("string")), only(opaque("string")))).toEqual([]);
    expect(verdicts(only(opaque("string")), only(opaque("number")))).toEqual([[V1, "changed", false]]);
  });

  it("ends for a schema that refers to itself", () => {
    const tree = (leaf: Json) =>
      contracts(
        { tasks: { key: "id", types: { [V1]: { $ref: "#/schemas/Tree" } } } },
        {
          Tree: { type: "object", properties: { leaf, below: { type: "array", items: { $ref: "#/schemas/Tree" } } } },
        },
      );
    expect(verdicts(tree({ type: "string" }), tree({ type: "string" }))).toEqual([]);
    expect(verdicts(tree({ type: "string" }), tree({ type: "number" }))).toEqual([[V1, "changed", false]]);
  });

  it("tells whom it breaks", () => {
    const changed = { ...plain, required: ["id", "n"] };
    expect(eventChanges(only(plain), only(changed))[0]?.problems).toEqual([
      { path: "data.n", reason: "is required now, optional before", breaks: "stored events" },
    ]);
    expect(eventChanges(only(changed), only(plain))[0]?.problems).toEqual([
      { path: "data.n", reason: "is required before, optional now", breaks: "running consumers" },
    ]);
  });
});

describe("a change of what is on a topic", () => {
  const both = (v1: Json, v2: Json) => contracts({ tasks: { key: "id", types: { [V1]: v1, [V2]: v2 } } });
  const broken = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };

  it("is compatible when a type is added", () => {
    expect(verdicts(only(plain), both(plain, broken))).toEqual([[V2, "added", true]]);
  });

  it("is refused when the old version changes although a new one came", () => {
    expect(verdicts(only(plain), both(broken, broken))).toEqual([
      [V1, "changed", false],
      [V2, "added", true],
    ]);
  });

  it("is refused when a type goes in the same step in which its new version comes", () => {
    const now = contracts({ tasks: { key: "id", types: { [V2]: broken } } });
    expect(verdicts(only(plain), now)).toEqual([
      [V1, "removed", false],
      [V2, "added", true],
    ]);
  });

  it("retires a type whose newer version was there before", () => {
    const now = contracts({ tasks: { key: "id", types: { [V2]: broken } } });
    const [found] = eventChanges(both(plain, broken), now);
    expect(found).toMatchObject({ contract: V1, change: "retired", compatible: true });
    expect(found?.note).toContain("retention has passed");
  });

  it("is refused when the newer version goes and the old one stays", () => {
    expect(verdicts(both(plain, broken), only(plain))).toEqual([[V2, "removed", false]]);
  });

  it("is refused when a type moves to another topic", () => {
    const now = contracts({ others: { key: "id", types: { [V1]: plain } } });
    expect(verdicts(only(plain), now)).toEqual([[V1, "moved", false]]);
  });

  it("is refused when the key changes", () => {
    const now = contracts({ tasks: { key: "n", types: { [V1]: plain } } });
    expect(verdicts(only(plain), now)).toEqual([[V1, "changed", false]]);
  });

  it("is refused when an attribute of every event goes", () => {
    const now = { ...only(plain), attributes: { type: "object", properties: {}, required: [] } };
    expect(verdicts(only(plain), now)).toEqual([["CloudEvents attributes", "changed", false]]);
  });
});
