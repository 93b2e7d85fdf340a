import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { tasksService } from "./support.ts";

const { system, create, list } = tasksService();

type Schema = { readonly [key: string]: unknown };
interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

const MARKER = "property-of-victoria";

/** Values as the document describes them, every so often something else. */
function valuesOf(schema: Schema, document: Document, ids: readonly string[]): fc.Arbitrary<unknown> {
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: "binary" }), fc.constant(null));
  return fc.oneof({ arbitrary: described(schema, document, ids), weight: 12 }, { arbitrary: junk, weight: 1 });
}

function described(schema: Schema, document: Document, ids: readonly string[]): fc.Arbitrary<unknown> {
  const { $ref, anyOf, type, format, pattern } = schema;
  const again = (child: unknown) => valuesOf(child as Schema, document, ids);
  if (typeof $ref === "string") {
    return described(document.components.schemas[$ref.split("/").at(-1) ?? ""] ?? {}, document, ids);
  }
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map(again));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (format === "uuid") return fc.constantFrom(...ids);
  if (format === "date") return fc.date({ noInvalidDate: true }).map((day) => day.toISOString().slice(0, 10));
  if (type === "object") {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
    const required = (schema.required ?? []) as string[];
    return fc.record(Object.fromEntries(properties.map(([name, child]) => [name, again(child)])), {
      requiredKeys: required,
    });
  }
  if (type === "array") return fc.array(again(schema.items ?? {}), { maxLength: 4 });
  if (type === "integer" || type === "number") return fc.oneof(fc.integer({ min: -1, max: 120 }), fc.maxSafeInteger());
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern, "u"), { maxLength: 80 });
  return fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom(
      "FREQ=DAILY",
      "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
      "FREQ=YEARLY;BYDAY=53MO",
      "Europe/Berlin",
      MARKER,
      "12",
    ),
  );
}

describe("every operation", () => {
  let document: Document;
  let ids: string[] = [];
  const theirs: string[] = [];
  beforeAll(async () => {
    document = (await (await system().request("tasks", "/v1/openapi.json")).json()) as Document;
    for (let i = 0; i < 5; i++) {
      theirs.push((await create({ title: `${MARKER} ${i}`, tags: [MARKER], notes: MARKER }, "victoria")).id);
      ids.push((await create({ title: `mine ${i}`, due: "2026-12-01" }, "mallory")).id);
    }
    ids = [...ids, ...theirs];
  });

  it("answers anything with what its contract says, and with nothing of anybody else", async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    const requests = fc.constantFrom(...operations).chain(({ path, method, operation }) => {
      const parameters = operation.parameters ?? [];
      const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
      return fc.record({
        path: fc.constant(path),
        method: fc.constant(method),
        values: fc.tuple(
          ...parameters.map((parameter) =>
            fc.tuple(
              fc.constant(parameter),
              parameter.required
                ? valuesOf(parameter.schema, document, ids)
                : fc.option(valuesOf(parameter.schema, document, ids)),
            ),
          ),
        ),
        body: body ? valuesOf(body, document, ids) : fc.constant(undefined),
        approval: fc.option(fc.uuid()),
      });
    });
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async ({ path, method, values, body, approval }) => {
        const query = new URLSearchParams();
        const headers: Record<string, string> = {};
        let address = path;
        for (const [parameter, value] of values) {
          if (value === null || value === undefined) continue;
          const text = typeof value === "object" ? JSON.stringify(value) : String(value);
          if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encode(text));
          else if (parameter.in === "header") headers[parameter.name] = text.replace(/[^\x20-\x7e]/g, "").trim();
          else for (const one of Array.isArray(value) ? value : [text]) query.append(parameter.name, String(one));
        }
        const token = await system().tokenFor("mallory", { audience: "tasks", ...(approval ? { approval } : {}) });
        const response = await system().request("tasks", `${address}?${query}`, {
          method,
          headers: {
            ...headers,
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status >= 500)
          throw new Error(`${method} ${address} was answered with ${response.status}: ${text}`);
        for (const id of theirs) expect(text).not.toContain(id);
      }),
      { numRuns: 600 },
    );
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404]));
    const { body } = await list("status=all&sort=created", "victoria");
    expect(body.items.map(({ id, version }) => [id, version])).toEqual(theirs.map((id) => [id, 1]));
  }, 60_000);
});

/** A path segment may be anything; `encodeURIComponent` refuses half characters, and a dot would be another path. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed().replace(/^\.+$/, "dots")) || "empty";
