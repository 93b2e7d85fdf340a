/** Replicas tell each other by NOTIFY which feeds have grown; one LISTEN connection each, which repairs itself. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import pg from "pg";
import * as z from "zod/mini";
import { clientConfig } from "#kit/database/database";
import { sleep } from "#kit/sleep";
import { schemaName } from "#model/names";
import type { RealtimeContext } from "../context.ts";

export interface NoticeListener {
  /** Another replica has committed entries of this user up to the position. */
  advanced(userId: string, seq: number): void;
  erased(userId: string): void;
  /** Notices may have been lost. */
  sweep(): Promise<void>;
}

/** Newest positions of users; null: the account is gone. */
const notice = z.object({ from: z.string(), heads: z.array(z.tuple([z.string(), z.nullable(z.int())])) });

/** PostgreSQL takes less than 8,000 bytes a notice. */
const MAX_BYTES = 7_500;
const COALESCE_MS = 5;
const RECONNECT_MS = 500;
/** A connection that is dead without a word is found after this. */
const PROBE_MS = 15_000;
const PROBE_TIMEOUT_MS = 5_000;

export class Notices {
  readonly #context: RealtimeContext;
  readonly #listener: NoticeListener;
  readonly #channel: string;
  /** Tells this replica's own notices, which are no news, from those of others. */
  readonly #replica: string;
  #waiting = new Map<string, number | null>();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: RealtimeContext, listener: NoticeListener) {
    this.#context = context;
    this.#listener = listener;
    this.#channel = `feed_${context.config.DATABASE_SCHEMA ?? schemaName(context.name)}`;
    this.#replica = randomUUID();
  }

  /** Call it after the commit: inside the transaction a NOTIFY would let commits go one by one. */
  tell(userId: string, seq: number | null): void {
    const known = this.#waiting.get(userId);
    if (known === null) return;
    this.#waiting.set(userId, seq === null ? null : Math.max(seq, known ?? 0));
    if (this.#timer === undefined) this.#flushAndPause();
  }

  /** The first notice goes at once; those that come right after it go together. */
  #flushAndPause(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.size > 0) this.#flushAndPause();
    }, COALESCE_MS);
    void this.flush();
  }

  /** Never rejects: what is not told is found by the sweep of the other replicas. */
  async flush(): Promise<void> {
    const heads = this.#waiting;
    if (heads.size === 0) return;
    this.#waiting = new Map();
    const payloads = payloadsOf(this.#replica, heads);
    try {
      await sql`select pg_notify(${this.#channel}, payload) from unnest(${payloads}::text[]) as payload`.execute(
        this.#context.db,
      );
    } catch (err) {
      this.#context.log.debug({ err }, "no notification");
    }
  }

  /** Listens until the signal aborts, again and again. */
  async listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listenOnce(signal);
      } catch (err) {
        if (!signal.aborted) this.#context.log.warn({ err }, "no notices from other replicas, trying again");
      }
      await sleep(RECONNECT_MS, signal);
    }
  }

  async #listenOnce(signal: AbortSignal): Promise<void> {
    const { name, config, directUrl } = this.#context;
    const broken = new AbortController();
    const options = { applicationName: `${name}-listen`, ca: config.DATABASE_CA, onError: () => {} };
    const client = new pg.Client({ ...clientConfig(directUrl, options), query_timeout: PROBE_TIMEOUT_MS });
    client.on("error", (error) => broken.abort(error));
    client.on("end", () => broken.abort(new Error("the connection ended")));
    client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
    const over = AbortSignal.any([signal, broken.signal]);
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.#channel)}`);
      await this.#listener.sweep();
      while (!over.aborted) {
        await sleep(PROBE_MS, over);
        if (!over.aborted) await client.query("select");
      }
      if (!signal.aborted) throw broken.signal.reason;
    } finally {
      await client.end().catch(() => {});
    }
  }

  #receive(payload: string): void {
    const read = notice.safeParse(jsonOf(payload));
    if (!read.success || read.data.from === this.#replica) return;
    for (const [userId, seq] of read.data.heads) {
      if (seq === null) this.#listener.erased(userId);
      else this.#listener.advanced(userId, seq);
    }
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** As few as fit the limit of a notice. */
export function payloadsOf(from: string, heads: ReadonlyMap<string, number | null>): string[] {
  const payloads: string[] = [];
  let part: [string, number | null][] = [];
  const emit = (): void => {
    payloads.push(JSON.stringify({ from, heads: part }));
    part = [];
  };
  const frame = Buffer.byteLength(JSON.stringify({ from, heads: [] }));
  let bytes = frame;
  for (const entry of heads) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (part.length > 0 && bytes + size > MAX_BYTES) {
      emit();
      bytes = frame;
    }
    part.push(entry);
    bytes += size;
  }
  emit();
  return payloads;
}
