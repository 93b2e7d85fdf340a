import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import formatsModule from "ajv-formats";
import { httpApis } from "#contracts/http/index";
import type { Json } from "#contracts-check/alternatives";
import { ASYNCAPI_FILE } from "#contracts-check/asyncapi";
import { contractDocuments, openApiFile, planDocuments } from "#contracts-check/documents";
import { EVENTS_FILE, type EventContracts } from "#contracts-check/event-contracts";
import { recordMigrations } from "#contracts-check/migration-records";
import { eventTopics } from "#model/system";
import { todo } from "#system";

// A CommonJS module: its types and Node disagree on where the function lies.
const formats = formatsModule as unknown as (ajv: Ajv) => Ajv;
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const migrations = await recordMigrations(process.cwd(), Object.keys(todo.services));
const contracts = { model: todo, apis: httpApis, migrations, version };
const documents = contractDocuments(contracts);
const parsed = <T>(path: string): T => JSON.parse(documents.get(path) ?? "") as T;

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = (value as Json).$ref;
  return [...(typeof own === "string" ? [own] : []), ...Object.values(value).flatMap(referencesIn)];
}

const follow = (document: Json, reference: string): unknown =>
  reference
    .slice(2)
    .split("/")
    .reduce<unknown>((found, key) => (found as Json | undefined)?.[key], document);

describe("the documents in docs/api", () => {
  it("are what the contracts say", () => {
    expect(planDocuments(process.cwd(), documents)).toEqual({ changed: [], removed: [] });
  });

  it("are the same bytes every time", () => {
    expect(contractDocuments(contracts)).toEqual(documents);
  });

  it("refer to nothing that is not in them", () => {
    for (const [path, text] of documents) {
      const document = JSON.parse(text) as Json;
      const broken = referencesIn(document).filter((reference) => follow(document, reference) === undefined);
      expect([path, broken]).toEqual([path, []]);
    }
  });

  it("hold every type of every topic with its key", () => {
    const { topics } = parsed<EventContracts>(EVENTS_FILE);
    const recorded = Object.entries(topics).map(([name, { key, types }]) => [name, key, Object.keys(types)]);
    const declared = eventTopics(todo).map(([name, { key, events }]) => [name, key, [...events.types].sort()]);
    expect(recorded).toEqual(declared.sort());
  });

  it("let every key be found in the data of its events", () => {
    const { topics } = parsed<EventContracts>(EVENTS_FILE);
    for (const { key, types } of Object.values(topics)) {
      for (const schema of Object.values(types)) expect(schema.required).toContain(key);
    }
  });

  it("say in AsyncAPI who sends and who receives", () => {
    const { operations, channels } = parsed<{ operations: Json; channels: Json }>(ASYNCAPI_FILE);
    expect(Object.keys(channels).sort()).toEqual(Object.keys(todo.topics).sort());
    for (const [name, { publishes, subscribes }] of Object.entries(todo.services)) {
      for (const topic of publishes) expect(operations).toHaveProperty([`${name}.send.${topic}`, "action"], "send");
      for (const topic of subscribes) {
        expect(operations).toHaveProperty([`${name}.receive.${topic}`, "action"], "receive");
      }
    }
  });

  it("hold an OpenAPI document for each service that has a contract", () => {
    for (const service of Object.keys(httpApis)) {
      expect(parsed<Json>(`docs/api/openapi-${service}.json`).openapi).toMatch(/^3\.1\./);
    }
  });
});

describe("their official schemas", () => {
  it("take every OpenAPI document, and refuse a broken one", async () => {
    for (const service of Object.keys(httpApis)) {
      const document = parsed<Json>(openApiFile(service));
      expect([service, await new Validator().validate(structuredClone(document))]).toEqual([service, { valid: true }]);
      const broken = { ...document, paths: { "/x": { get: { responses: { 200: {} } } } } };
      expect((await new Validator().validate(broken)).valid).toBe(false);
    }
  });

  it("take the AsyncAPI document with its Kafka bindings, and refuse a broken one", () => {
    const schema = JSON.parse(readFileSync("node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json", "utf8"));
    const ajv = new Ajv({ strict: false });
    formats(ajv);
    const validate = ajv.compile(schema);
    const document = parsed<{ asyncapi: string; channels: Record<string, { bindings: { kafka: Json } }> }>(
      ASYNCAPI_FILE,
    );
    expect(document.asyncapi).toBe("3.0.0");
    validate(document);
    expect(validate.errors).toBeNull();
    for (const channel of Object.values(document.channels)) {
      const { kafka } = channel.bindings;
      channel.bindings = { kafka: { ...kafka, partitions: "six" } };
      expect(validate(document)).toBe(false);
      channel.bindings = { kafka };
    }
  });
});
