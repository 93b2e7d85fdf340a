/** Events as they were received, batch by batch. */
import type { Kysely } from "kysely";
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
