/** OpenAPI 3.1 documents of the APIs, from the schemas that also validate. https://spec.openapis.org/oas/v3.1.1 */
import * as z from "zod/mini";
import { DEFAULT_MAX_BODY_BYTES, type HttpApi, isOptional, type OperationProps, type ResponseSpec } from "./define.ts";
import { PROBLEM_CONTENT_TYPE, type ProblemCode, problemCodes, problemDetails } from "./problem.ts";

type Json = Record<string, unknown>;

export interface OpenApiOptions {
  /** Base addresses, as in `https://todo.example.com/api`. */
  readonly servers?: readonly string[];
  /** Internal operations are for services alone. @default false */
  readonly includeInternal?: boolean;
  /** Put before every path, e.g. where a gateway mounts the API. */
  readonly prefix?: string;
}

/** Errors that any operation may answer. */
const COMMON: readonly ProblemCode[] = ["invalid-request", "too-many-requests", "internal-error", "unavailable"];

/** Deterministic: the same contract gives the same bytes. */
export function openApiDocument(api: HttpApi, options: OpenApiOptions = {}): Json {
  const components = new Components(api.schemas);
  const paths: Record<string, Json> = {};
  for (const [name, operation] of Object.entries(api.operations)) {
    if (operation.internal && !options.includeInternal) continue;
    const path = `${options.prefix ?? ""}${operation.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [operation.method]: operationObject(api.service, name, operation, components) };
  }
  return {
    openapi: "3.1.1",
    info: { title: api.title, version: api.version },
    ...(options.servers ? { servers: options.servers.map((url) => ({ url })) } : {}),
    paths,
    components: {
      schemas: components.all(),
      responses: Object.fromEntries(
        Object.entries(problemCodes).map(([code, { title }]) => [code, problemResponse(title)]),
      ),
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

/** Schemas under a name, written once and referred to. */
class Components {
  readonly #registry = z.registry<{ id: string }>();
  readonly #schemas: Json = {};

  constructor(named: HttpApi["schemas"]) {
    for (const [id, schema] of Object.entries({ ...named, Problem: problemDetails }))
      this.#registry.add(schema, { id });
    for (const schema of Object.values({ ...named, Problem: problemDetails })) this.of(schema, "output");
  }

  /** JSON Schema of 2020-12, which OpenAPI 3.1 takes as it is. */
  of(schema: z.ZodMiniType, io: "input" | "output"): Json {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, {
      io,
      metadata: this.#registry,
      unrepresentable: "any",
    }) as Json & { $defs?: Json };
    for (const [id, definition] of Object.entries($defs as Json)) this.#schemas[id] ??= withRefs(definition);
    const id = this.#registry.get(schema)?.id;
    if (id === undefined) return withRefs(own) as Json;
    this.#schemas[id] ??= withRefs(own);
    return { $ref: `#/components/schemas/${id}` };
  }

  all(): Json {
    return Object.fromEntries(Object.entries(this.#schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** zod points into the schema itself, and repeats the id as a keyword that JSON Schema does not know. */
function withRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withRefs);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(key === "id" && typeof inner === "string"));
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      key,
      key === "$ref" ? String(inner).replace("#/$defs/", "#/components/schemas/") : withRefs(inner),
    ]),
  );
}

function operationObject(service: string, name: string, operation: OperationProps, components: Components): Json {
  const errors = [
    ...COMMON,
    ...(operation.public || operation.internal ? [] : (["not-authenticated"] as const)),
    ...(operation.body ? (["body-too-large", "unsupported-media-type"] as const) : []),
    ...(operation.ifMatch === "required" ? (["version-required"] as const) : []),
    ...(operation.params ? (["not-found"] as const) : []),
    ...(operation.errors ?? []),
  ];
  return {
    operationId: name,
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    tags: [service],
    security: operation.public ? [] : [{ bearer: [] }],
    parameters: parametersOf(operation, components),
    ...(operation.body ? { requestBody: requestBody(operation, components) } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses).map(([status, spec]) => [
          status,
          responseObject(spec as ResponseSpec, components),
        ]),
      ),
      ...errorResponses(new Set(errors)),
    },
  };
}

const requestBody = (
  { body, maxBodyBytes = DEFAULT_MAX_BODY_BYTES }: OperationProps,
  components: Components,
): Json => ({
  required: body !== undefined && !isOptional(body),
  description: `At most ${maxBodyBytes} bytes.`,
  content: { "application/json": { schema: body ? components.of(body, "input") : {} } },
});

function parametersOf(operation: OperationProps, components: Components): Json[] {
  const fields = (schema: z.ZodMiniObject | undefined, location: "path" | "query"): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = components.of(schema, "input") as {
      properties?: Json;
      required?: string[];
    };
    return Object.entries(properties).map(([name, inner]) => ({
      name,
      in: location,
      required: location === "path" || required.includes(name),
      schema: inner,
    }));
  };
  const header = (name: string, need: "required" | "optional" | undefined, description: string): Json[] =>
    need ? [{ name, in: "header", required: need === "required", description, schema: { type: "string" } }] : [];
  return [
    ...fields(operation.params, "path"),
    ...fields(operation.query, "query"),
    ...header("If-Match", operation.ifMatch, 'Entity tag of the version that the change is meant for, e.g. "3".'),
    ...header("Idempotency-Key", operation.idempotencyKey, "A new UUID for each thing that is to be done once."),
  ];
}

function responseObject(spec: ResponseSpec, components: Components): Json {
  if (spec.kind === "empty") return { description: "Done" };
  if (spec.kind === "stream") return { description: "As it comes", content: { [spec.contentType]: {} } };
  return {
    description: "Done",
    ...(spec.etag
      ? { headers: { ETag: { description: "Version of what is answered.", schema: { type: "string" } } } }
      : {}),
    content: { "application/json": { schema: components.of(spec.schema, "output") } },
  };
}

/** One entry a status; where codes share it, the first names it. */
function errorResponses(codes: ReadonlySet<ProblemCode>): Json {
  const byStatus = new Map<number, ProblemCode>();
  for (const code of codes) {
    const { status } = problemCodes[code];
    if (!byStatus.has(status)) byStatus.set(status, code);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, code]) => [status, { $ref: `#/components/responses/${code}` }]),
  );
}

const problemResponse = (description: string): Json => ({
  description,
  content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
});
