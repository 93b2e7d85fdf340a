/** A user's feed in the database. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { FeedEventType } from "#contracts/realtime-frames";
import type { Position } from "../domain/resume.ts";
import { type FeedFrameText, frameText } from "../live/frame-text.ts";
import type { DB } from "./tables.ts";

export interface NewEntry {
  readonly userId: string;
  readonly type: FeedEventType;
  readonly data: object;
  readonly at: Date;
}

/** Adds an entry at the user's next position. Others of the same user wait for this transaction to end. */
export async function append(transaction: Transaction<DB>, entry: NewEntry): Promise<FeedFrameText> {
  const { userId, type, at } = entry;
  const data = JSON.stringify(entry.data);
  const { rows } = await sql<{ seq: number }>`
    with head as (
      insert into heads (user_id, seq) values (${userId}, 1)
      on conflict (user_id) do update set seq = heads.seq + 1
      returning seq
    )
    insert into feed (user_id, seq, type, data, created_at)
    select ${userId}, seq, ${type}, ${data}::json, ${at} from head
    returning seq`.execute(transaction);
  const seq = rows[0]?.seq ?? 0;
  return { seq, text: frameText(seq, type, data) };
}

/** Entries after a position, oldest first. */
export async function entriesAfter(
  db: Kysely<DB>,
  userId: string,
  after: number,
  limit: number,
): Promise<FeedFrameText[]> {
  const rows = await db
    .selectFrom("feed")
    .select(["seq", "type", sql<string>`data::text`.as("data")])
    .where("user_id", "=", userId)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map(({ seq, type, data }) => ({ seq, text: frameText(seq, type, data) }));
}

/** Where a user's feed begins and ends now, seen in one snapshot. */
export async function positionOf(db: Kysely<DB>, userId: string): Promise<Position> {
  const { rows } = await sql<Position>`
    select
      coalesce((select seq from heads where user_id = ${userId}), 0) as head,
      (select min(seq) from feed where user_id = ${userId}) as first,
      exists (select from tombstones where user_id = ${userId}) as erased`.execute(db);
  return rows[0] ?? { head: 0, first: null, erased: false };
}

export interface Head {
  readonly userId: string;
  readonly seq: number;
  readonly erased: boolean;
}

/** The newest position of each of these users. */
export async function headsOf(db: Kysely<DB>, userIds: readonly string[]): Promise<Head[]> {
  const { rows } = await sql<Head>`
    select u.id as "userId", coalesce(h.seq, 0) as seq, t.user_id is not null as erased
    from unnest(${[...userIds]}::text[]) as u (id)
    left join heads h on h.user_id = u.id
    left join tombstones t on t.user_id = u.id`.execute(db);
  return rows;
}

export async function deleteFeed(transaction: Transaction<DB>, userId: string): Promise<void> {
  await transaction.deleteFrom("feed").where("user_id", "=", userId).execute();
  await transaction.deleteFrom("heads").where("user_id", "=", userId).execute();
}

/**
 * Removes what is older, of each user from the beginning on, so that what is left has no gaps; one replica at a time.
 * @returns how many entries went
 */
export async function forgetBefore(db: Kysely<DB>, before: Date): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('feed:' || current_schema(), 0)) as got`.execute(transaction);
    if (!rows[0]?.got) return 0;
    const { numAffectedRows } = await sql`
      delete from feed
      using (select user_id, max(seq) as upto from feed where created_at < ${before} group by user_id) as old
      where feed.user_id = old.user_id and feed.seq <= old.upto`.execute(transaction);
    return Number(numAffectedRows ?? 0);
  });
}
