/** Pages of events by keyset: a page reads as many rows as it shows, wherever it lies in however long a history. */
import { type Kysely, sql } from "kysely";
import type { DB } from "./tables.ts";

export interface EventFilter {
  /** Of several any. */
  readonly type?: readonly string[] | undefined;
  readonly taskId?: string | undefined;
  /** Included. */
  readonly from?: string | undefined;
  /** Not included. */
  readonly to?: string | undefined;
}

/** Where a page ended. */
export interface EventKey {
  readonly time: Date;
  readonly position: number;
}

export interface ListedEvent extends EventKey {
  readonly id: string;
  readonly payload: string;
  readonly sequence: number | null;
  readonly hash: Buffer | null;
}

interface ListRequest {
  readonly filter: EventFilter;
  readonly limit: number;
  readonly before?: EventKey | undefined;
}

/** Newest first, at most `limit`. Events whose payload was erased are in no list. */
export async function listEvents(db: Kysely<DB>, userId: string, request: ListRequest): Promise<ListedEvent[]> {
  return listQuery(db, userId, request).execute();
}

/** Several types are as many ranges of one index: each is read as far as one page, and they are merged. */
export function listQuery(db: Kysely<DB>, userId: string, request: ListRequest) {
  const { filter, limit } = request;
  const parts =
    filter.taskId === undefined
      ? [...new Set(filter.type ?? [undefined])].map((type) => ofType(db, userId, type, request))
      : [ofTask(db, userId, filter.taskId, request)];
  const union = sql.join(
    parts.map((part) => sql`(${part.limit(limit)})`),
    sql` union all `,
  );
  return db
    .selectFrom(sql<ListedEvent>`(${union})`.as("page"))
    .selectAll()
    .orderBy("time", "desc")
    .orderBy("position", "desc")
    .limit(limit);
}

const ofType = (db: Kysely<DB>, userId: string, type: string | undefined, { filter, before }: ListRequest) =>
  db
    .selectFrom("events")
    .innerJoin("payloads", "payloads.position", "events.position")
    .select(["events.time", "events.position", "events.id", "payload", "sequence", "hash"])
    .where("events.user_id", "=", userId)
    .$if(type !== undefined, (query) => query.where("events.type", "=", type ?? ""))
    .where(within("events", filter, before))
    .orderBy("events.time", "desc")
    .orderBy("events.position", "desc");

const ofTask = (db: Kysely<DB>, userId: string, taskId: string, { filter, before }: ListRequest) =>
  db
    .selectFrom("payloads")
    .innerJoin("events", "events.position", "payloads.position")
    .select(["payloads.time", "payloads.position", "events.id", "payload", "sequence", "hash"])
    .where("payloads.user_id", "=", userId)
    .where("task_id", "=", taskId)
    .$if(filter.type !== undefined, (query) => query.where("events.type", "in", filter.type ?? []))
    .where(within("payloads", filter, before))
    .orderBy("payloads.time", "desc")
    .orderBy("payloads.position", "desc");

/** A row comparison, which the index answers as the end of one range. */
function within(table: "events" | "payloads", { from, to }: EventFilter, before: EventKey | undefined) {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const conditions = [
    ...(from === undefined ? [] : [sql`${column("time")} >= ${new Date(from)}`]),
    ...(to === undefined ? [] : [sql`${column("time")} < ${new Date(to)}`]),
    ...(before ? [sql`(${column("time")}, ${column("position")}) < (${before.time}, ${before.position})`] : []),
  ];
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
