/** Everything of a user as one JSON document, written as the services send it: a million tasks need no memory. */
import type { Kysely } from "kysely";
import type { HttpApi, OperationProps } from "#contracts/http/define";
import { codeOfStatus } from "#contracts/http/problem";
import { type Session, tokenOf } from "../auth/sessions.ts";
import type { GatewayContext } from "../context.ts";
import type { DB } from "../data/tables.ts";
import { calleeApis } from "../http/public-operations.ts";
import type { Mint } from "../tokens/tokens.ts";
import { readMe } from "./profile.ts";

export interface ExportDeps {
  readonly context: GatewayContext;
  readonly mint: Mint;
}

/**
 * `{"exportedAt", "account", "<service>": [...], ..., "incomplete": [{"service", "reason"}]}`. What a service sends as lines
 * becomes a list, what it sends as a document stands there as it is.
 */
export async function exportAll(
  { context, mint }: ExportDeps,
  session: Session,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const account = await ownData(context.db, session.userId);
  const parts = async function* (): AsyncGenerator<string> {
    yield `{"exportedAt":${JSON.stringify(context.clock.now())},"account":${JSON.stringify(account)}`;
    const incomplete: { service: string; reason: string }[] = [];
    for (const api of calleeApis) {
      const path = exportPathOf(api);
      if (!path) continue;
      yield `,${JSON.stringify(api.service)}:`;
      const reason = yield* partOf(context, await tokenOf(session, mint, api.service), api.service, path, signal);
      if (reason) incomplete.push({ service: api.service, reason });
    }
    yield `,"incomplete":${JSON.stringify(incomplete)}}\n`;
  };
  return ReadableStream.from(parts()).pipeThrough(new TextEncoderStream());
}

/** Of several the shortest: `/v1/export`, or `/v1/<things>/export`. */
function exportPathOf({ operations }: HttpApi): string | undefined {
  return Object.values(operations)
    .filter(({ method, path, internal }: OperationProps) => method === "get" && !internal && /\/export$/.test(path))
    .map(({ path }) => path)
    .sort((a, b) => a.length - b.length)[0];
}

/** Writes one value, whatever happens. @returns why it is not all of it */
async function* partOf(
  { sidecar, log }: GatewayContext,
  token: string,
  service: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<string, string | undefined> {
  let open = false;
  try {
    const response = await sidecar.invoke(service, path, { headers: { authorization: `Bearer ${token}` }, signal });
    if (!response.ok) {
      await response.body?.cancel();
      yield "null";
      return codeOfStatus(response.status);
    }
    if (!response.headers.get("content-type")?.startsWith("application/x-ndjson")) {
      yield JSON.stringify(await response.json());
      return undefined;
    }
    open = true;
    yield "[";
    let first = true;
    for await (const line of linesOf(response)) {
      // A line that was cut is no JSON: the list ends before it.
      yield first ? JSON.stringify(JSON.parse(line)) : `,${JSON.stringify(JSON.parse(line))}`;
      first = false;
    }
    yield "]";
    return undefined;
  } catch (err) {
    log.warn({ err, service }, "an export is not complete");
    yield open ? "]" : "null";
    return open ? "it ended early" : "unavailable";
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield line;
  }
  if (rest.trim()) yield rest;
}

/** What the gateway keeps; no hash of a password, and no token. */
async function ownData(db: Kysely<DB>, userId: string): Promise<object> {
  const [profile, sessions, accounts] = await Promise.all([
    readMe(db, userId),
    db
      .selectFrom("sessions")
      .select(["created_at", "expires_at", "user_agent"])
      .where("user_id", "=", userId)
      .execute(),
    db.selectFrom("accounts").select(["provider_id", "created_at"]).where("user_id", "=", userId).execute(),
  ]);
  return {
    ...profile,
    sessions: sessions.map(({ created_at, expires_at, user_agent }) => ({
      createdAt: created_at,
      expiresAt: expires_at,
      userAgent: user_agent,
    })),
    waysToSignIn: accounts.map(({ provider_id, created_at }) => ({ provider: provider_id, since: created_at })),
  };
}
