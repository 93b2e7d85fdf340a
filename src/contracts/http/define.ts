/**
 * How the HTTP API of a service is written: one operation a verb, with zod schemas. Routes, the typed client and the OpenAPI
 * document are made from it.
 */
import type * as z from "zod/mini";
import type { ProblemCode } from "./problem.ts";
import { strict } from "./strict.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

type Schema = z.ZodMiniType;
type ObjectSchema = z.ZodMiniObject;

/** A body that is validated on both sides; `etag`: the answer carries the version as an ETag. */
export interface JsonResponse<S extends Schema = Schema> {
  readonly kind: "json";
  readonly schema: S;
  readonly etag: boolean;
}

/** No body, e.g. 204 or 202. */
export interface EmptyResponse {
  readonly kind: "empty";
}

/** A body that is passed on as it comes: event streams, downloads, documents. */
export interface StreamResponse {
  readonly kind: "stream";
  readonly contentType: string;
}

export type ResponseSpec = JsonResponse | EmptyResponse | StreamResponse;

export const json = <S extends Schema>(schema: S, options: { readonly etag?: boolean } = {}): JsonResponse<S> => ({
  kind: "json",
  schema,
  etag: options.etag ?? false,
});

export const empty = (): EmptyResponse => ({ kind: "empty" });

export const stream = (contentType: string): StreamResponse => ({ kind: "stream", contentType });

/** As literals, so that what a handler returns is compared with what is declared. */
export type SuccessStatus = 200 | 201 | 202 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308;

export type Responses = { readonly [S in SuccessStatus]?: ResponseSpec };

/** What the operation declares for a status that came over the wire. */
export const declaredResponse = ({ responses }: OperationProps, status: number): ResponseSpec | undefined =>
  (responses as Readonly<Record<number, ResponseSpec>>)[status];

/** Whether a request may leave the body out: `z.optional(...)`. */
export const isOptional = (body: Schema): boolean => body._zod.def.type === "optional";

export interface OperationProps {
  readonly method: Method;
  /** Hono notation, e.g. `/v1/tasks/:id`. `/v1/*` for users, `/internal/*` for services. */
  readonly path: `/${string}`;
  /** One short sentence for the API page. */
  readonly summary: string;
  readonly description?: string;
  /** For other services alone, authorised by Dapr's caller id; the path then begins with `/internal/`. @default false */
  readonly internal?: boolean;
  /** Needs no token. @default false */
  readonly public?: boolean;
  /** One string schema for each `:name` of the path. */
  readonly params?: ObjectSchema;
  /** Values arrive as strings: coerce numbers (`z.coerce.number()`), use `z.array` where a name may be repeated. */
  readonly query?: ObjectSchema;
  readonly body?: Schema;
  /** `If-Match` with the version that the change is meant for (RFC 9110). */
  readonly ifMatch?: "required" | "optional";
  /** `Idempotency-Key`: the same key has the effect once. */
  readonly idempotencyKey?: "required" | "optional";
  /** Largest request body in bytes. @default 262,144 */
  readonly maxBodyBytes?: number;
  /** What success looks like, by status. */
  readonly responses: Responses;
  /** Beside those that every operation has: invalid-request, not-authenticated, too-many-requests, internal-error. */
  readonly errors?: readonly ProblemCode[];
}

export const DEFAULT_MAX_BODY_BYTES = 262_144;

type PathParams<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParams<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

type ParamKeys<O> = O extends { readonly params: { readonly _zod: { readonly output: infer P } } } ? keyof P : never;

/** The names in the path and those in `params` are the same, or the mistake is named. */
type MatchingParams<O extends OperationProps> = [PathParams<O["path"]>] extends [ParamKeys<O>]
  ? [ParamKeys<O>] extends [PathParams<O["path"]>]
    ? unknown
    : { readonly params: "params names something that is not in the path" }
  : { readonly params: "params misses a name of the path" };

/**
 * Declares one operation.
 * @example operation({ method: "get", path: "/v1/tasks/:id", summary: "Read a task", params: z.object({ id: uuid }),
 *   responses: { 200: json(task, { etag: true }) }, errors: ["not-found"] })
 */
export const operation = <const O extends OperationProps>(props: O & MatchingParams<O>): O => Object.freeze(props);

export interface HttpApi<
  O extends Readonly<Record<string, OperationProps>> = Readonly<Record<string, OperationProps>>,
> {
  /** App id of the service that offers it. */
  readonly service: string;
  readonly title: string;
  readonly version: string;
  readonly operations: O;
  /** Schemas that the OpenAPI document names instead of repeating them. */
  readonly schemas: Readonly<Record<string, Schema>>;
}

interface HttpApiProps<O extends Readonly<Record<string, OperationProps>>> {
  readonly service: string;
  readonly title: string;
  readonly version: string;
  readonly operations: O;
  readonly schemas?: Readonly<Record<string, Schema>>;
}

/**
 * Declares the API of a service. Requests are made strict: an unknown field, at any depth, is refused.
 * @throws TypeError when two operations share method and path, or an internal path is not marked as such
 */
export function httpApi<const O extends Readonly<Record<string, OperationProps>>>(props: HttpApiProps<O>): HttpApi<O> {
  const seen = new Map<string, string>();
  const operations: Record<string, OperationProps> = {};
  for (const [name, declared] of Object.entries(props.operations)) {
    const route = `${declared.method} ${declared.path}`;
    const twin = seen.get(route);
    if (twin) throw new TypeError(`operations ${twin} and ${name} of ${props.service} are both "${route}"`);
    seen.set(route, name);
    if (declared.path.startsWith("/internal/") !== (declared.internal ?? false)) {
      throw new TypeError(
        `operation ${name} of ${props.service}: internal: true and a path below /internal/ go together`,
      );
    }
    operations[name] = Object.freeze({
      ...declared,
      ...(declared.params ? { params: strict(declared.params) } : {}),
      ...(declared.query ? { query: strict(declared.query) } : {}),
      ...(declared.body ? { body: strict(declared.body) } : {}),
    });
  }
  return Object.freeze({ schemas: {}, ...props, operations: Object.freeze(operations) as O });
}

type Flatten<T> = { [K in keyof T]: T[K] } & {};
type OutputOf<S> = S extends { readonly _zod: { readonly output: infer T } } ? T : never;
type InputOf<S> = S extends { readonly _zod: { readonly input: infer T } } ? T : never;

type HeaderValue<O, Header extends string> =
  O extends Readonly<Record<Header, "required">>
    ? Readonly<Record<Header, string>>
    : O extends Readonly<Record<Header, "optional">>
      ? Readonly<Partial<Record<Header, string>>>
      : unknown;

type AllOptional<T> = Record<never, never> extends T ? true : false;

type Part<O, Name extends string, T> =
  O extends Readonly<Record<Name, unknown>>
    ? AllOptional<T> extends true
      ? { readonly [K in Name]?: T }
      : { readonly [K in Name]: T }
    : unknown;

/** What a caller gives: `{ params, query, body, ifMatch, idempotencyKey }`, as far as the operation has them. */
export type OperationInput<O extends OperationProps> = Flatten<
  Part<O, "params", InputOf<O["params"]>> &
    Part<O, "query", InputOf<O["query"]>> &
    (O extends { readonly body: Schema } ? { readonly body: InputOf<O["body"]> } : unknown) &
    HeaderValue<O, "ifMatch"> &
    HeaderValue<O, "idempotencyKey">
>;

/** What a handler gets: the same, validated. */
export type OperationRequest<O extends OperationProps> = Flatten<
  (O extends { readonly params: Schema } ? { readonly params: OutputOf<O["params"]> } : unknown) &
    (O extends { readonly query: Schema } ? { readonly query: OutputOf<O["query"]> } : unknown) &
    (O extends { readonly body: Schema } ? { readonly body: OutputOf<O["body"]> } : unknown) &
    HeaderValue<O, "ifMatch"> &
    HeaderValue<O, "idempotencyKey">
>;

type Answer<Status, R, Direction extends "input" | "output"> =
  R extends JsonResponse<infer S>
    ? {
        readonly status: Status;
        readonly body: Direction extends "input" ? InputOf<S> : OutputOf<S>;
        /** Version of the aggregate, without quotes. */
        readonly etag?: string;
        readonly headers?: Readonly<Record<string, string>>;
      }
    : R extends EmptyResponse
      ? { readonly status: Status; readonly headers?: Readonly<Record<string, string>> }
      : {
          readonly status: Status;
          readonly stream: ReadableStream<Uint8Array>;
          readonly headers?: Readonly<Record<string, string>>;
        };

type Answers<O extends OperationProps, D extends "input" | "output"> = {
  [Status in keyof O["responses"]]: Answer<Status, O["responses"][Status], D>;
}[keyof O["responses"]];

/** What a handler returns: one of the declared successes. Everything else is thrown. */
export type OperationAnswer<O extends OperationProps> = Answers<O, "input">;

/** What a typed client returns: one of the declared successes, with the whole response beside it. */
export type OperationResult<O extends OperationProps> = Answers<O, "output"> & { readonly response: Response };
