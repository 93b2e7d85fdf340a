/** Requests made from an OpenAPI document: mostly what it describes, every so often something else. */
import fc from "fast-check";

type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Values that lead further than random ones do. */
export interface Pool {
  /** UUIDs of things that are there. */
  readonly ids: readonly string[];
  /** Strings for any field, e.g. cursors. */
  readonly words: readonly string[];
}

export interface MadeRequest {
  readonly method: string;
  /** As in the document. */
  readonly template: string;
  /** Path and query. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent. */
  readonly body?: string;
  /** Statuses that the document names for the operation. */
  readonly statuses: readonly number[];
}

export const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ template, method: method.toUpperCase(), operation })),
  );

/** @param wanted which operations; all of them unless told */
export function requestsOf(
  document: OpenApi,
  pool: Pool,
  wanted: (method: string, template: string) => boolean = () => true,
): fc.Arbitrary<MadeRequest> {
  const made = operationsOf(document)
    .filter(({ method, template }) => wanted(method, template))
    .map(({ template, method, operation }) => requestOf(document, pool, template, method, operation));
  return fc.oneof(...made);
}

function requestOf(
  document: OpenApi,
  pool: Pool,
  template: string,
  method: string,
  { parameters = [], requestBody, responses }: Operation,
): fc.Arbitrary<MadeRequest> {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const statuses = Object.keys(responses).map(Number);
  const values = parameters.map((parameter) => {
    const value = valuesOf(parameter.schema, document, pool);
    return fc.tuple(fc.constant(parameter), parameter.required ? value : fc.option(value, { freq: 2 }));
  });
  return fc
    .record({ values: fc.tuple(...values), body: schema ? bodiesOf(schema, document, pool) : fc.constant(undefined) })
    .map(({ values: chosen, body }) => {
      const query = new URLSearchParams();
      const headers: Record<string, string> = {};
      let path = template;
      for (const [parameter, value] of chosen) {
        if (value === null || value === undefined) continue;
        const text = typeof value === "object" ? JSON.stringify(value) : String(value);
        if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, () => encode(text));
        else if (parameter.in === "header") headers[parameter.name] = text.replace(/[^\x20-\x7e]/g, "").trim();
        else for (const one of Array.isArray(value) ? value : [text]) query.append(parameter.name, String(one));
      }
      if (body !== undefined) headers["content-type"] = body.type;
      const search = query.size > 0 ? `?${query}` : "";
      const made = { method, template, address: path.replace(/\{\w+\}/g, "none") + search, headers, statuses };
      return body === undefined ? made : { ...made, body: body.text };
    });
}

/** A path segment may be anything; `encodeURIComponent` refuses half characters, and a dot would be another path. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed().replace(/^\.+$/, "dots")) || "empty";

interface Body {
  readonly text: string;
  readonly type: string;
}

const JSON_TYPE = "application/json";

/** What is no JSON, too deep, too long, or called something else. */
const hostileBodies = fc.constantFrom<Body>(
  ...["", "{", "null", "[]", '"text"', "1e999", '{"a":1}{"a":2}', '{"__proto__":{"x":1}}', "\ufeff{}"].map((text) => ({
    text,
    type: JSON_TYPE,
  })),
  { text: "[".repeat(20_000), type: JSON_TYPE },
  { text: `{"title":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, type: JSON_TYPE },
  { text: JSON.stringify({ title: "x".repeat(100_000), text: "y".repeat(100_000) }), type: JSON_TYPE },
  { text: JSON.stringify({ title: "z".repeat(2_000_000) }), type: JSON_TYPE },
  { text: '{"title":"\\ud800","name":"\\u0000"}', type: JSON_TYPE },
  { text: "title=x", type: "application/x-www-form-urlencoded" },
  { text: "{}", type: "text/plain" },
  { text: "{}", type: "application/json; charset=utf-16" },
);

function bodiesOf(schema: Schema, document: OpenApi, pool: Pool): fc.Arbitrary<Body> {
  const described = valuesOf(schema, document, pool).map((value) => ({ text: JSON.stringify(value), type: JSON_TYPE }));
  return fc.oneof({ arbitrary: described, weight: 12 }, { arbitrary: hostileBodies, weight: 1 });
}

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary" }),
  fc.constantFrom<unknown>(
    null,
    "",
    "\u0000",
    "\ud800",
    "constructor",
    "../..",
    "%00",
    "' or 1=1 --",
    1e308,
    -0,
    2 ** 53,
  ),
);

/** Values as the document describes them, every so often something else. */
function valuesOf(schema: Schema, document: OpenApi, pool: Pool): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: described(schema, document, pool), weight: 16 }, { arbitrary: junk, weight: 1 });
}

function described(schema: Schema, document: OpenApi, pool: Pool): fc.Arbitrary<unknown> {
  const again = (child: unknown): fc.Arbitrary<unknown> => valuesOf(child as Schema, document, pool);
  const { $ref, anyOf, oneOf, type } = schema;
  if (typeof $ref === "string") {
    return described(document.components.schemas[$ref.split("/").at(-1) ?? ""] ?? {}, document, pool);
  }
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map(again));
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (type === "object") return objects(schema, again);
  if (type === "array") return fc.array(again(schema.items ?? {}), { maxLength: 4 });
  if (type === "integer" || type === "number") return numbers(schema);
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  return strings(schema, pool);
}

function objects(schema: Schema, again: (child: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const model = Object.fromEntries(properties.map(([name, child]) => [name, again(child)]));
  return fc.record(model, { requiredKeys: (schema.required ?? []) as string[] });
}

const numbers = ({ minimum = 0, maximum = 120 }: Schema): fc.Arbitrary<number> => {
  const [least, most] = [Number(minimum), Number(maximum)];
  const within = fc.integer({ min: least, max: Math.max(least, Math.min(most, least + 120)) });
  return fc.oneof({ arbitrary: within, weight: 6 }, fc.constantFrom(least - 1, most, most + 1), fc.maxSafeInteger());
};

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: fc.date({ noInvalidDate: true }).map((day) => day.toISOString().slice(0, 10)),
  "date-time": fc.date({ noInvalidDate: true }).map((day) => day.toISOString()),
  email: fc.emailAddress(),
  uri: fc.oneof(
    fc.webUrl(),
    fc.constantFrom(
      "http://169.254.169.254/latest",
      "https://[::1]/",
      "http://0x7f000001/",
      "https://user:pw@example.com/",
    ),
  ),
};

const known = [
  "FREQ=DAILY",
  "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
  "FREQ=YEARLY;BYDAY=53MO",
  "Europe/Berlin",
  "de",
  "12",
  "09:00",
];

function strings({ format, pattern, maxLength = 60 }: Schema, { ids, words }: Pool): fc.Arbitrary<string> {
  if (format === "uuid") return fc.oneof({ arbitrary: fc.constantFrom(...ids), weight: 9 }, fc.uuid());
  const formatted = typeof format === "string" ? formats[format] : undefined;
  if (formatted) return formatted;
  const matching = typeof pattern === "string" ? matches(pattern) : undefined;
  const free = fc.string({ unit: "binary", maxLength: Math.min(60, Number(maxLength)) });
  const long = fc.constantFrom(maxLength, Number(maxLength) + 1).map((size) => "é".repeat(Number(size)));
  return fc.oneof(
    { arbitrary: matching ?? free, weight: 5 },
    { arbitrary: fc.constantFrom(...known, ...words), weight: 4 },
    { arbitrary: long, weight: 1 },
  );
}

/** @returns undefined for a pattern that fast-check cannot turn round */
function matches(pattern: string): fc.Arbitrary<string> | undefined {
  try {
    return fc.stringMatching(new RegExp(pattern, "u"), { maxLength: 80 });
  } catch {
    return undefined;
  }
}
