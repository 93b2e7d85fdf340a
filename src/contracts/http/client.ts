/** The typed client of an API. Runs wherever there is `fetch`: over a sidecar, or in the browser against the gateway. */
import * as z from "zod/mini";
import {
  declaredResponse,
  type HttpApi,
  type OperationInput,
  type OperationProps,
  type OperationResult,
} from "./define.ts";
import { codeOfStatus, PROBLEM_CONTENT_TYPE, ProblemError, problemDetails, problemOf } from "./problem.ts";

/** Sends one request; `path` begins with `/` and holds the query. Rejects when nothing answered. */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;

export interface CallOptions {
  /** JWT for the callee, sent as `Authorization: Bearer`. */
  readonly token?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

type CallArguments<O extends OperationProps> =
  Record<never, never> extends OperationInput<O>
    ? [input?: OperationInput<O>, options?: CallOptions]
    : [input: OperationInput<O>, options?: CallOptions];

/** One function an operation. Rejects with ProblemError for every answer from 400 on. */
export type ApiClient<A extends HttpApi> = {
  readonly [K in keyof A["operations"]]: (
    ...args: CallArguments<A["operations"][K]>
  ) => Promise<OperationResult<A["operations"][K]>>;
};

/** The callee answered something that its contract does not declare. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

export function createClient<A extends HttpApi>(api: A, transport: Transport): ApiClient<A> {
  const calls = Object.entries(api.operations).map(([name, operation]) => [
    name,
    (input: AnyInput = {}, options: CallOptions = {}) => call(api, name, operation, transport, input, options),
  ]);
  return Object.freeze(Object.fromEntries(calls));
}

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
}

async function call(
  api: HttpApi,
  name: string,
  operation: OperationProps,
  transport: Transport,
  input: AnyInput,
  options: CallOptions,
): Promise<unknown> {
  const response = await transport(pathOf(operation, input), {
    method: operation.method.toUpperCase(),
    headers: headersOf(operation, input, options),
    ...(operation.body && input.body !== undefined ? { body: JSON.stringify(input.body) } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (response.status >= 400) throw await problemFrom(response);

  const declared = declaredResponse(operation, response.status);
  const where = `${api.service}.${name} answered ${response.status}`;
  if (!declared) throw new ContractError(`${where}, which its contract does not declare`);
  if (declared.kind === "empty") {
    await response.body?.cancel();
    return { status: response.status, response };
  }
  if (declared.kind === "stream") return { status: response.status, stream: response.body ?? emptyStream(), response };

  const parsed = z.safeParse(declared.schema, await response.json());
  if (!parsed.success)
    throw new ContractError(`${where} with a body that its contract does not allow`, { cause: parsed.error });
  const etag = response.headers.get("etag");
  return { status: response.status, body: parsed.data, response, ...(etag ? { etag: versionOf(etag) } : {}) };
}

const emptyStream = (): ReadableStream<Uint8Array> => new ReadableStream({ start: (controller) => controller.close() });

/** The opaque part of an entity tag, weak or strong: `W/"3"` is version `3`. */
export const versionOf = (etag: string): string => etag.replace(/^W\//, "").replace(/^"|"$/g, "");

export const entityTag = (version: string | number): string => `"${version}"`;

function pathOf(operation: OperationProps, { params = {}, query = {} }: AnyInput): string {
  const path = operation.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) search.append(name, String(item));
    }
  }
  return search.size > 0 ? `${path}?${search}` : path;
}

const headersOf = (operation: OperationProps, input: AnyInput, options: CallOptions): Record<string, string> => ({
  accept: "application/json",
  ...(operation.body ? { "content-type": "application/json" } : {}),
  ...(input.ifMatch === undefined ? {} : { "if-match": entityTag(input.ifMatch) }),
  ...(input.idempotencyKey === undefined ? {} : { "idempotency-key": input.idempotencyKey }),
  ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  ...options.headers,
});

/** What an answer from 400 on says; of what is no problem details (a proxy, a sidecar) its status. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  const text = await response.text();
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  if (response.headers.get("content-type")?.startsWith(PROBLEM_CONTENT_TYPE)) {
    const parsed = z.safeParse(problemDetails, parseJson(text));
    if (parsed.success) return new ProblemError(parsed.data, { retryAfterSeconds });
  }
  const problem = { ...problemOf(codeOfStatus(response.status)), status: response.status };
  const said = `the answer was ${response.status} ${text ? `"${text.slice(0, 500)}"` : "without a body"}`;
  return new ProblemError(problem, { retryAfterSeconds, cause: new Error(said) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
