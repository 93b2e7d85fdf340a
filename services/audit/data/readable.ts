/** Events as they were received, batch by batch. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { DB } from "./tables.ts";

export interface ReadableEvent {
  readonly position: number;
  readonly type: string;
  /** The CloudEvent as JSON. */
  readonly payload: string;
  readonly sequence: number | null;
  readonly hash: Buffer | null;
}

/** Payloads can have 20 KB each: a batch stays within a few megabytes. */
const BATCH = 200;

/** All that is kept of a user, in the order of recording. */
export async function* readableOf(db: Kysely<DB>, userId: string): AsyncGenerator<ReadableEvent[]> {
  let after = 0;
  for (;;) {
    const rows = await readable(db)
      .where("payloads.user_id", "=", userId)
      .where("payloads.position", ">", after)
      .orderBy("payloads.position")
      .limit(BATCH)
      .execute();
    yield rows;
    after = rows.at(-1)?.position ?? after;
    if (rows.length < BATCH) return;
  }
}

const readable = (db: Kysely<DB>) =>
  db
    .selectFrom("payloads")
    .innerJoin("events", "events.position", "payloads.position")
    .select(["payloads.position", "type", "payload", "sequence", "hash"]);

export interface Range {
  /** Included. */
  readonly from?: Date | undefined;
  /** Not included. */
  readonly to?: Date | undefined;
  readonly userId?: string | undefined;
  /** Of several any; none: all. */
  readonly types: readonly string[];
}

/**
 * Everybody's events of a range, in the order of recording, which is that of the topics: of one task or account they come as they
 * happened. By a cursor, so that the database sorts once and nobody's memory holds the range.
 */
export async function* readRange(transaction: Transaction<DB>, range: Range): AsyncGenerator<ReadableEvent> {
  const { from, to, userId, types } = range;
  const query = readable(transaction)
    .$if(from !== undefined, (some) => some.where("events.time", ">=", from ?? new Date()))
    .$if(to !== undefined, (some) => some.where("events.time", "<", to ?? new Date()))
    .$if(userId !== undefined, (some) => some.where("events.user_id", "=", userId ?? ""))
    .$if(types.length > 0, (some) => some.where("events.type", "in", types))
    .orderBy("events.position");
  await sql`declare range_to_read no scroll cursor for ${query}`.execute(transaction);
  for (;;) {
    const { rows } = await sql<ReadableEvent>`fetch ${sql.lit(BATCH)} from range_to_read`.execute(transaction);
    yield* rows;
    if (rows.length < BATCH) break;
  }
}
