/** One OpenAPI 3.1 document of everything that is public here: the gateway's own operations and those that it forwards. */
import type { HttpApi, OperationProps } from "#contracts/http/define";
import { gatewayApi } from "#contracts/http/gateway";
import { openApiDocument } from "#contracts/http/openapi";
import type { ProblemCode } from "#contracts/http/problem";
import { API_PREFIX, calleeApis, publicOperations } from "./public-operations.ts";

type Json = Readonly<Record<string, unknown>>;

export interface ApiDocument extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDocument>>>>;
  readonly components: { readonly schemas: Json; readonly responses: Json; readonly securitySchemes: Json };
}

export interface OperationDocument extends Json {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly unknown[];
}

export interface DocumentOptions {
  readonly origin: string;
  readonly version: string;
  /** Name of the session cookie. */
  readonly cookie: string;
}

export function apiDocument({ origin, version, cookie }: DocumentOptions): ApiDocument {
  const schemas: Record<string, unknown> = {};
  const documents = [gatewayApi, ...calleeApis.map(forwardedOf)].map((api) =>
    documentOf(api, api === gatewayApi ? "" : API_PREFIX, schemas),
  );
  return {
    openapi: "3.1.1",
    info: {
      title: "Todo assistant",
      version,
      description: "Sign up or sign in first; then send the cookie that you got, or its token as a bearer token.",
    },
    servers: [{ url: origin }],
    tags: documents.map(({ service }) => ({ name: service })),
    paths: Object.assign({}, ...documents.map(({ paths }) => paths)) as ApiDocument["paths"],
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: documents[0]?.responses ?? {},
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: cookie },
        bearer: { type: "http", scheme: "bearer", description: "`token` of the answer to a sign-in or sign-up." },
      },
    },
  };
}

function forwardedOf(api: HttpApi): HttpApi {
  const operations = publicOperations([api]).map(({ name, operation }) => [name, operation] as const);
  return { ...api, operations: Object.fromEntries<OperationProps>(operations) };
}

/**
 * @param schemas those of the documents before; this one's are added. A name that means something else there gets the
 *   service's before it.
 */
function documentOf(api: HttpApi, prefix: string, schemas: Record<string, unknown>) {
  const document = openApiDocument(api, { prefix }) as ApiDocument;
  const taken = new Set(
    Object.entries(document.components.schemas)
      .filter(([name, schema]) => name in schemas && JSON.stringify(schemas[name]) !== JSON.stringify(schema))
      .map(([name]) => name),
  );
  const rename = (name: string): string => (taken.has(name) ? `${api.title}${name}` : name);
  const { paths, components } = withRefs(document, rename) as ApiDocument;
  for (const [name, schema] of Object.entries(components.schemas)) schemas[rename(name)] = schema;
  const operations = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, one]) => [method, publicly(api.service, method, one)])),
  ]);
  return { service: api.service, paths: Object.fromEntries(operations), responses: components.responses };
}

/** What the gateway adds: other ways to prove who one is, and answers of its own. */
const publicly = (service: string, method: string, operation: OperationDocument): OperationDocument => ({
  ...operation,
  operationId: `${service}.${operation.operationId}`,
  security: operation.security.length === 0 ? [] : [{ session: [] }, { bearer: [] }],
  responses: {
    ...(operation.responses as Json),
    ...(method === "get" ? {} : { 403: problem("not-allowed") }),
    ...(service === gatewayApi.service ? {} : { 502: problem("bad-upstream") }),
  },
});

const problem = (code: ProblemCode): Json => ({ $ref: `#/components/responses/${code}` });

const SCHEMA = "#/components/schemas/";

function withRefs(value: unknown, rename: (schema: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withRefs(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$ref" && typeof inner === "string" && inner.startsWith(SCHEMA)
        ? `${SCHEMA}${rename(inner.slice(SCHEMA.length))}`
        : withRefs(inner, rename),
    ]),
  );
}
