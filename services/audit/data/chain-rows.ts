/** Reading chains, batch by batch. */
import { type Kysely, sql } from "kysely";
import type { KeptLink } from "../domain/check-chain.ts";
import type { DB } from "./tables.ts";

/** Payloads can have 20 KB each: a batch stays within a few megabytes. */
const BATCH = 500;

/** Links of one user, or of everybody user by user, in the order of their sequence. */
export async function* readLinks(db: Kysely<DB>, userId?: string): AsyncGenerator<KeptLink> {
  let after = { userId: userId ?? "", sequence: 0 };
  for (;;) {
    const rows = await linksAfter(db, after, userId);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last;
  }
}

async function linksAfter(
  db: Kysely<DB>,
  after: { readonly userId: string; readonly sequence: number },
  userId: string | undefined,
): Promise<KeptLink[]> {
  const rows = await db
    .selectFrom("events")
    .leftJoin("payloads", "payloads.position", "events.position")
    .select(["events.id", "events.user_id", "events.type", "events.time", "events.digest", "sequence", "hash"])
    .select(["payloads.user_id as owner", "task_id", "payloads.time as payload_time", "salt", "payload"])
    .where("sequence", "is not", null)
    // Of one user without the row comparison: with both, the index is read from the user's beginning.
    .$if(userId === undefined, (all) =>
      all.where(sql<boolean>`(events.user_id, events.sequence) > (${after.userId}, ${after.sequence})`),
    )
    .$if(userId !== undefined, (own) =>
      own.where("events.user_id", "=", userId ?? "").where("sequence", ">", after.sequence),
    )
    .orderBy("events.user_id")
    .orderBy("sequence")
    .limit(BATCH)
    .execute();
  return rows.map(({ user_id, owner, task_id, payload_time, salt, payload, sequence, ...link }) => ({
    ...link,
    userId: user_id,
    sequence: sequence ?? 0,
    readable:
      owner === null || payload_time === null || salt === null || payload === null
        ? undefined
        : { userId: owner, taskId: task_id, time: payload_time, salt, payload },
  }));
}

export interface HeadRow {
  readonly userId: string;
  readonly sequence: number;
  readonly hash: Buffer;
}

export async function readHead(db: Kysely<DB>, userId: string): Promise<HeadRow | undefined> {
  const row = await db.selectFrom("heads").selectAll().where("user_id", "=", userId).executeTakeFirst();
  return row && { userId, sequence: row.sequence, hash: row.hash };
}

/** Heads of users of whose chains nothing at all is left. */
export async function headsWithoutLinks(db: Kysely<DB>): Promise<HeadRow[]> {
  const rows = await db
    .selectFrom("heads")
    .selectAll()
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("events")
            .select("events.id")
            .whereRef("events.user_id", "=", "heads.user_id")
            .where("sequence", "is not", null),
        ),
      ),
    )
    .execute();
  return rows.map(({ user_id, ...head }) => ({ userId: user_id, ...head }));
}

export async function countPending(db: Kysely<DB>, userId?: string): Promise<number> {
  const { count } = await db
    .selectFrom("events")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("sequence", "is", null)
    .$if(userId !== undefined, (query) => query.where("user_id", "=", userId ?? ""))
    .executeTakeFirstOrThrow();
  return count;
}

export async function hasTombstone(db: Kysely<DB>, userId: string): Promise<boolean> {
  const row = await db.selectFrom("tombstones").select("user_id").where("user_id", "=", userId).executeTakeFirst();
  return row !== undefined;
}
