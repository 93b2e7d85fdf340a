import { type Kysely, sql, type Transaction } from "kysely";
import type { Key } from "./page.ts";
import type { DB, DeliveriesTable, Message } from "./tables.ts";

/** A row as it is read: `message` parsed. */
export type Delivery = Omit<DeliveriesTable, "message"> & { readonly message: Message | null };

export interface NewDelivery {
  readonly id: string;
  readonly user_id: string;
  readonly notification_id: string | null;
  readonly channel: DeliveriesTable["channel"];
  readonly target: string;
  readonly message: Message;
  readonly created_at: Date;
}

/** Adding it twice is adding it once. */
export async function addDelivery(transaction: Transaction<DB>, delivery: NewDelivery): Promise<void> {
  await transaction
    .insertInto("deliveries")
    .values({
      ...delivery,
      message: JSON.stringify(delivery.message),
      status: "pending",
      attempts: 0,
      next_attempt_at: delivery.created_at,
      last_error: null,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

interface Waiting {
  readonly channel: DeliveriesTable["channel"];
  /** Users whose deliveries have to wait for their others. */
  readonly notOf: readonly string[];
}

interface Claim extends Waiting {
  readonly limit: number;
  readonly leaseMs: number;
}

/**
 * Takes what is due, for as long as the lease lasts: whoever took it and died leaves it to the next.
 * @returns the rows with the attempt counted
 */
export async function claimDue(
  db: Kysely<DB>,
  now: Date,
  { channel, notOf, limit, leaseMs }: Claim,
): Promise<Delivery[]> {
  const lost = new Date(now.getTime() + leaseMs);
  return db
    .updateTable("deliveries")
    .set((eb) => ({ attempts: eb("attempts", "+", 1), next_attempt_at: lost }))
    .where("id", "in", (due) =>
      due
        .selectFrom("deliveries")
        .select("id")
        .where("status", "=", "pending")
        .where("channel", "=", channel)
        .where("next_attempt_at", "<=", now)
        .$if(notOf.length > 0, (query) => query.where("user_id", "not in", notOf))
        .orderBy("next_attempt_at")
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
}

/** When the next attempt of any of them is due. */
export async function nextAttemptAt(db: Kysely<DB>, { channel, notOf }: Waiting): Promise<Date | undefined> {
  const { next } = await db
    .selectFrom("deliveries")
    .select((eb) => eb.fn.min("next_attempt_at").as("next"))
    .where("status", "=", "pending")
    .where("channel", "=", channel)
    .$if(notOf.length > 0, (query) => query.where("user_id", "not in", notOf))
    .executeTakeFirstOrThrow();
  return next ?? undefined;
}

/** @param error why the attempt failed; absent when it did not */
export async function finish(db: Kysely<DB>, { id, message }: Delivery, at: Date, error?: string): Promise<void> {
  await db
    .updateTable("deliveries")
    .set({
      status: error === undefined ? "delivered" : "failed",
      last_error: error ?? null,
      next_attempt_at: null,
      finished_at: at,
      ...(message?.kind === "code" ? { message: null } : {}),
    })
    .where("id", "=", id)
    .execute();
}

export async function tryAgain(db: Kysely<DB>, id: string, at: Date, error: string): Promise<void> {
  await db
    .updateTable("deliveries")
    .set({ next_attempt_at: at, last_error: error })
    .where("id", "=", id)
    .where("status", "=", "pending")
    .execute();
}

interface Kept {
  readonly enabled: boolean;
  readonly target: string | null;
}

/** Gives up what waits for a channel that was turned off or leads elsewhere now; codes still prove an address that stays. */
export async function withdraw(
  transaction: Transaction<DB>,
  userId: string,
  channel: DeliveriesTable["channel"],
  { enabled, target }: Kept,
  at: Date,
): Promise<void> {
  await transaction
    .updateTable("deliveries")
    .set({
      status: "failed",
      last_error: "the channel was turned off or changed",
      next_attempt_at: null,
      finished_at: at,
      message: sql`case when message ->> 'kind' = 'code' then null else message end`,
    })
    .where("user_id", "=", userId)
    .where("channel", "=", channel)
    .where("status", "=", "pending")
    .where(
      enabled
        ? sql<boolean>`target is distinct from ${target}`
        : sql<boolean>`(target is distinct from ${target} or message ->> 'kind' <> 'code')`,
    )
    .execute();
}

export async function readDeliveries(
  db: Kysely<DB>,
  { userId, after, limit }: { readonly userId: string; readonly after: Key | undefined; readonly limit: number },
): Promise<Delivery[]> {
  let query = db.selectFrom("deliveries").selectAll().where("user_id", "=", userId);
  if (after) query = query.where(sql<boolean>`(created_at, id) < (${after.time}, ${after.id}::uuid)`);
  return query.orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute();
}

export async function readDelivery(db: Kysely<DB>, id: string): Promise<Delivery> {
  return db.selectFrom("deliveries").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/** When a test by this channel was last asked for. */
export async function lastTestAt(
  db: Kysely<DB>,
  userId: string,
  channel: DeliveriesTable["channel"],
): Promise<Date | undefined> {
  const row = await db
    .selectFrom("deliveries")
    .select("created_at")
    .where("user_id", "=", userId)
    .where("channel", "=", channel)
    .where(sql<boolean>`message ->> 'kind' = 'test'`)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}
