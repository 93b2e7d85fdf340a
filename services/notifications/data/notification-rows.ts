import { type Kysely, sql, type Transaction } from "kysely";
import type { Key } from "./page.ts";
import type { DB, NotificationsTable } from "./tables.ts";

/** @returns false when the reminder had its notification already */
export async function addNotification(
  transaction: Transaction<DB>,
  row: Omit<NotificationsTable, "read_at">,
): Promise<boolean> {
  const added = await transaction
    .insertInto("notifications")
    .values({ ...row, read_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return added !== undefined;
}

interface PageProps {
  readonly userId: string;
  readonly unread: boolean;
  readonly after: Key | undefined;
  readonly limit: number;
}

export async function readNotifications(
  db: Kysely<DB>,
  { userId, unread, after, limit }: PageProps,
): Promise<NotificationsTable[]> {
  let query = db.selectFrom("notifications").selectAll().where("user_id", "=", userId);
  if (unread) query = query.where("read_at", "is", null);
  if (after) query = query.where(sql<boolean>`(sent_at, id) < (${after.time}, ${after.id}::uuid)`);
  return query.orderBy("sent_at", "desc").orderBy("id", "desc").limit(limit).execute();
}

export async function countUnread(db: Kysely<DB>, userId: string): Promise<number> {
  const { unread } = await db
    .selectFrom("notifications")
    .select((eb) => eb.fn.countAll<number>().as("unread"))
    .where("user_id", "=", userId)
    .where("read_at", "is", null)
    .executeTakeFirstOrThrow();
  return unread;
}

/** Which of a user's notifications are meant; reading one twice keeps the first time. */
export async function markRead(
  db: Kysely<DB>,
  userId: string,
  which: { readonly ids?: readonly string[]; readonly taskId?: string },
  at: Date,
): Promise<void> {
  let update = db
    .updateTable("notifications")
    .set({ read_at: at })
    .where("user_id", "=", userId)
    .where("read_at", "is", null);
  if (which.ids) update = update.where("id", "in", [...which.ids]);
  if (which.taskId) update = update.where("task_id", "=", which.taskId);
  await update.execute();
}
