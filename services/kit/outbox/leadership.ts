import pg from "pg";
import type { Logger } from "pino";
import { type ConnectionOptions, clientConfig } from "../database/database.ts";
import { sleep } from "../sleep.ts";

export interface LeadershipOptions extends Omit<ConnectionOptions, "onError"> {
  /** Past any pooler: the lock lives as long as this session. */
  readonly url: string;
  /** One leader per name in a database. */
  readonly lock: string;
  /** NOTIFY channel to listen on while leading. */
  readonly channel: string;
  readonly log: Logger;
}

/** How long a leader's death goes unnoticed by the others. */
const RETRY_MS = 500;

/**
 * Leads again and again until the signal aborts: `lead` runs while this process holds the advisory lock, and its own signal
 * aborts when the session that holds it breaks.
 */
export async function whileLeading(
  options: LeadershipOptions,
  signal: AbortSignal,
  lead: (lost: AbortSignal, onNotify: (listener: () => void) => void) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await leadOnce(options, signal, lead);
    } catch (error) {
      if (!signal.aborted) options.log.warn({ err: error }, "the outbox relay lost its database, and tries again");
    }
    await sleep(RETRY_MS, signal);
  }
}

async function leadOnce(
  { url, lock, channel, ...connection }: LeadershipOptions,
  signal: AbortSignal,
  lead: (lost: AbortSignal, onNotify: (listener: () => void) => void) => Promise<void>,
): Promise<void> {
  const broken = new AbortController();
  const client = new pg.Client(clientConfig(url, { ...connection, onError: () => {} }));
  client.on("error", (error) => broken.abort(error));
  client.on("end", () => broken.abort(new Error("the connection ended")));
  const lost = AbortSignal.any([signal, broken.signal]);
  try {
    await client.connect();
    while (!lost.aborted && !(await tryLock(client, lock))) await sleep(RETRY_MS, lost);
    if (lost.aborted) return;
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    await lead(lost, (listener) => client.on("notification", listener));
  } finally {
    await client.end().catch(() => {});
  }
}

async function tryLock(client: pg.Client, lock: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock(hashtextextended($1, 0)) as got", [
    lock,
  ]);
  return rows[0]?.got ?? false;
}
