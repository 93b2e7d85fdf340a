/** Reads and validates what a request says; everything that is wrong with it is told at once. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { versionOf } from "#contracts/http/client";
import { DEFAULT_MAX_BODY_BYTES, isOptional, type OperationProps } from "#contracts/http/define";
import type { FieldProblem } from "#contracts/http/problem";
import { AppError } from "../errors.ts";
import type { KitEnv } from "./app.ts";

/** @throws AppError naming every wrong field, or the header that is missing */
export async function readRequest(operation: OperationProps, c: Context<KitEnv>): Promise<Record<string, unknown>> {
  const problems: FieldProblem[] = [];
  const request: Record<string, unknown> = {};
  const check = (part: "params" | "query" | "body", schema: z.ZodMiniType, value: unknown): void => {
    const parsed = z.safeParse(schema, value);
    if (parsed.success) request[part] = parsed.data;
    else problems.push(...fieldProblems(part, parsed.error.issues));
  };

  // An id that cannot exist is the id of nothing: 404 as for somebody else's.
  if (operation.params) {
    const parsed = z.safeParse(operation.params, c.req.param());
    if (!parsed.success) throw new AppError("not-found", undefined, { cause: parsed.error });
    request.params = parsed.data;
  }
  if (operation.query) check("query", operation.query, queryValues(operation.query, c));
  else if (Object.keys(c.req.query()).length > 0) {
    problems.push(
      ...Object.keys(c.req.query()).map((name) => ({ path: `query.${name}`, message: "unknown parameter" })),
    );
  }
  readHeaders(operation, c, request, problems);
  if (operation.body && !(isOptional(operation.body) && hasNoBody(c)))
    check("body", operation.body, await readJson(c, operation.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES));
  if (problems.length > 0) throw new AppError("invalid-request", summaryOf(problems), { errors: problems });
  return request;
}

const hasNoBody = (c: Context<KitEnv>): boolean =>
  c.req.header("transfer-encoding") === undefined && Number(c.req.header("content-length") ?? 0) === 0;

const summaryOf = (problems: readonly FieldProblem[]): string => {
  const [first] = problems;
  return problems.length === 1 && first ? `${first.path}: ${first.message}` : `${problems.length} fields are wrong`;
};

/** A union that is given once and needs a list gets a list; one that is given twice and needs one value is refused. */
function queryValues(schema: z.ZodMiniObject, c: Context<KitEnv>): Record<string, unknown> {
  // Names are the caller's: `valueOf` is in no schema, though in every object.
  const fieldOf = (name: string) => (Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined);
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, given]) => [
      name,
      isList(fieldOf(name) as z.ZodMiniType | undefined) || given.length > 1 ? given : given[0],
    ]),
  );
}

function isList(schema: z.ZodMiniType | undefined): boolean {
  const definition = schema?._zod.def as { type: string; innerType?: z.ZodMiniType } | undefined;
  if (!definition) return false;
  return definition.type === "array" || isList(definition.innerType);
}

const ENTITY_TAG = /^(W\/)?"[\x21\x23-\x7e]{1,64}"$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

function readHeaders(
  operation: OperationProps,
  c: Context<KitEnv>,
  request: Record<string, unknown>,
  problems: FieldProblem[],
): void {
  if (operation.ifMatch) {
    const tag = c.req.header("if-match");
    if (tag === undefined && operation.ifMatch === "required") throw new AppError("version-required");
    if (tag !== undefined) {
      if (ENTITY_TAG.test(tag)) request.ifMatch = versionOf(tag);
      else problems.push({ path: "headers.if-match", message: 'give one entity tag in quotes, e.g. "3"' });
    }
  }
  if (operation.idempotencyKey) {
    const key = c.req.header("idempotency-key");
    if (key !== undefined && IDEMPOTENCY_KEY.test(key)) request.idempotencyKey = key;
    else if (key !== undefined)
      problems.push({ path: "headers.idempotency-key", message: "1 to 255 visible ASCII characters" });
    else if (operation.idempotencyKey === "required") {
      problems.push({
        path: "headers.idempotency-key",
        message: "is required: a new UUID for each thing you want done once",
      });
    }
  }
}

/**
 * @throws AppError `unsupported-media-type`, `body-too-large` before all of it is read, or `invalid-request` for no JSON
 */
export async function readJson(c: Context<KitEnv>, maxBytes: number): Promise<unknown> {
  const contentType = c.req.header("content-type") ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType)) throw new AppError("unsupported-media-type");
  const text = await readText(c.req.raw, maxBytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid-request", "The body is not JSON", { cause });
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new AppError("body-too-large", `Send at most ${maxBytes} bytes`);
  const announced = request.headers.get("content-length");
  if (Number(announced ?? 0) > maxBytes) throw tooLarge();
  // HTTP lets no body be longer than it says; read whole it costs a fraction of a stream.
  if (announced !== null) return request.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

const fieldProblems = (part: string, issues: readonly z.core.$ZodIssue[]): FieldProblem[] =>
  issues.flatMap((issue): FieldProblem[] => {
    const path = [part, ...issue.path].join(".");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: `${path}.${key}`, message: "unknown field" }));
    }
    // Of a union each branch complains for itself: the one with the fewest complaints is what was meant.
    if (issue.code === "invalid_union") {
      const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length);
      if (nearest && nearest.length > 0) return fieldProblems(path, nearest);
    }
    return [{ path, message: issue.message }];
  });
