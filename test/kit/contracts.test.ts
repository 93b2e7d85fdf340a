import { describe, expect, it } from "@jest/globals";
import { hc } from "hono/client";
import * as z from "zod/mini";
import { createClient } from "#contracts/http/client";
import { httpApi, json, operation } from "#contracts/http/define";
import type { HonoAppOf } from "#contracts/http/hono";
import { openApiDocument } from "#contracts/http/openapi";
import { strict } from "#contracts/http/strict";
import { notesApi } from "./support/sample.ts";

const get = { method: "get", path: "/v1/a", summary: "a", responses: { 200: json(z.object({})) } } as const;

describe("an API contract", () => {
  it("is refused when two operations share method and path", () => {
    const twice = () =>
      httpApi({ service: "x", title: "X", version: "1", operations: { a: operation(get), b: operation(get) } });
    expect(twice).toThrow('operations a and b of x are both "get /v1/a"');
  });

  it("is refused when an internal path is not marked as such, or the other way round", () => {
    const operations = (extra: object) => () =>
      httpApi({ service: "x", title: "X", version: "1", operations: { a: { ...get, ...extra } } });
    expect(operations({ path: "/internal/a" })).toThrow("go together");
    expect(operations({ internal: true })).toThrow("go together");
  });
});

describe("strict schemas", () => {
  const schema = strict(
    z.object({
      list: z.array(z.object({ a: z.string() })),
      maybe: z.optional(z.nullable(z.object({ b: z._default(z.number(), 3) }))),
      either: z.optional(z.union([z.object({ c: z.string() }), z.string()])),
    }),
  );

  it("refuse unknown fields in lists, optionals and unions", () => {
    expect(z.safeParse(schema, { list: [{ a: "x", z: 1 }] }).success).toBe(false);
    expect(z.safeParse(schema, { list: [], maybe: { z: 1 } }).success).toBe(false);
    expect(z.safeParse(schema, { list: [], either: { c: "x", z: 1 } }).success).toBe(false);
    expect(z.safeParse(schema, { list: [], z: 1 }).success).toBe(false);
  });

  it("keep defaults, checks and optionality", () => {
    expect(z.parse(schema, { list: [], maybe: {} })).toEqual({ list: [], maybe: { b: 3 } });
    expect(z.safeParse(strict(z.object({ s: z.string().check(z.maxLength(1)) })), { s: "ab" }).success).toBe(false);
  });
});

describe("the OpenAPI document", () => {
  const document = openApiDocument(notesApi, { servers: ["https://todo.example.com"], prefix: "/api/tasks" });
  const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>;

  it("describes every public operation, and no internal one", () => {
    expect(Object.keys(paths)).toEqual([
      "/api/tasks/v1/notes",
      "/api/tasks/v1/notes/{id}",
      "/api/tasks/v1/export",
      "/api/tasks/v1/leak",
      "/api/tasks/v1/fail",
    ]);
    expect(JSON.stringify(openApiDocument(notesApi, { includeInternal: true }))).toContain("/internal/caller");
  });

  it("says what is refused: unknown fields, missing versions, wrong tokens", () => {
    const change = paths["/api/tasks/v1/notes/{id}"]?.patch;
    expect(change?.requestBody).toMatchObject({
      content: { "application/json": { schema: { additionalProperties: false, required: ["text"] } } },
    });
    expect(change?.parameters).toContainEqual(expect.objectContaining({ name: "If-Match", required: true }));
    expect(Object.keys(change?.responses as object)).toEqual(
      expect.arrayContaining(["200", "401", "404", "412", "413", "428"]),
    );
  });

  it("names shared schemas once, and refers to nothing that is not there", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)];
    expect(references.length).toBeGreaterThan(5);
    const components = document.components as Record<string, Record<string, unknown>>;
    for (const [, kind = "", name = ""] of references) expect(components[kind]?.[name]).toBeDefined();
    expect(paths["/api/tasks/v1/notes"]?.post?.responses).toMatchObject({
      "201": { content: { "application/json": { schema: { $ref: "#/components/schemas/Note" } } } },
    });
    expect(text).not.toContain("$defs");
  });
});

describe("clients", () => {
  const seen: { url: string; method: string | undefined }[] = [];
  const answer = async (url: string, init?: RequestInit): Promise<Response> => {
    seen.push({ url, method: init?.method });
    return Response.json({ notes: [], limit: 5, tags: ["a b", "c"] });
  };

  it("encode paths and queries", async () => {
    const client = createClient(notesApi, answer);
    const { body } = await client.list({ query: { limit: 5, tag: ["a b", "c"] } });
    expect(seen.at(-1)).toEqual({ url: "/v1/notes?limit=5&tag=a+b&tag=c", method: "GET" });
    expect(body.limit).toBe(5);
  });

  it("refuse an answer that the contract does not allow", async () => {
    const client = createClient(notesApi, async () => Response.json({ notes: "none" }));
    await expect(client.list()).rejects.toThrow("tasks.list answered 200 with a body that its contract does not allow");
    const other = createClient(notesApi, async () => new Response(null, { status: 202 }));
    await expect(other.list()).rejects.toThrow("answered 202, which its contract does not declare");
  });

  it("make a problem of an error that is none, e.g. a proxy's", async () => {
    const client = createClient(
      notesApi,
      async () => new Response("<html>", { status: 502, headers: { "retry-after": "7" } }),
    );
    await expect(client.list()).rejects.toMatchObject({ status: 502, code: "bad-upstream", retryAfterSeconds: 7 });
  });

  it("of hono are typed by the same contract", async () => {
    const client = hc<HonoAppOf<typeof notesApi>>("http://localhost", { fetch: answer as typeof fetch });
    const response = await client.v1.notes.$get({ query: { limit: "5" } });
    const { notes } = await response.json();
    expect(notes satisfies readonly { id: string }[]).toEqual([]);
    expect(seen.at(-1)?.url).toBe("http://localhost/v1/notes?limit=5");
  });
});
