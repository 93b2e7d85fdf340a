import type { DeliveryPage, Notification, NotificationPage, Delivery as Shown } from "#contracts/http/notifications";
import type { NotificationsContext } from "../context.ts";
import { type Delivery, readDeliveries } from "../data/delivery-rows.ts";
import { countUnread, readNotifications } from "../data/notification-rows.ts";
import { keyOf, pageOf } from "../data/page.ts";
import type { NotificationsTable } from "../data/tables.ts";

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const shownNotification = ({ id, task_id, title, sent_at, read_at }: NotificationsTable): Notification => ({
  id,
  taskId: task_id,
  title,
  sentAt: sent_at.toISOString(),
  readAt: read_at?.toISOString() ?? null,
});

export const shownDelivery = (row: Delivery): Shown => ({
  id: row.id,
  channel: row.channel,
  notificationId: row.notification_id,
  target: row.target,
  status: row.status,
  attempts: row.attempts,
  lastError: row.last_error,
  createdAt: row.created_at.toISOString(),
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
});

export async function listNotifications(
  { db }: Pick<NotificationsContext, "db">,
  userId: string,
  { limit, cursor, unread }: Page & { readonly unread: boolean },
): Promise<NotificationPage> {
  const after = keyOf(cursor);
  const rows = await readNotifications(db, { userId, unread, after, limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, ({ sent_at, id }) => ({ time: sent_at, id }));
  return { items: items.map(shownNotification), nextCursor: next, unread: await countUnread(db, userId) };
}

export async function listDeliveries(
  { db }: Pick<NotificationsContext, "db">,
  userId: string,
  { limit, cursor }: Page,
): Promise<DeliveryPage> {
  const rows = await readDeliveries(db, { userId, after: keyOf(cursor), limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, ({ created_at, id }) => ({ time: created_at, id }));
  return { items: items.map(shownDelivery), nextCursor: next };
}
