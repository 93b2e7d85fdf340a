import type { NotificationsContext } from "../context.ts";
import { readChannels } from "../data/channel-rows.ts";
import { readDeliveries } from "../data/delivery-rows.ts";
import { readNotifications } from "../data/notification-rows.ts";
import type { Key } from "../data/page.ts";
import { shownDelivery, shownNotification } from "./read.ts";

const BATCH = 500;

/**
 * One JSON document a line: `{ kind: "channels", ... }`, `{ kind: "scheduled-reminder", ... }`, `{ kind: "notification", ... }`,
 * `{ kind: "delivery", ... }`.
 */
export function exportAll({ db }: Pick<NotificationsContext, "db">, userId: string): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks(db, userId));
}

async function* chunks(db: NotificationsContext["db"], userId: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const lines = (documents: readonly object[]): Uint8Array =>
    encoder.encode(documents.map((document) => `${JSON.stringify(document)}\n`).join(""));

  const { email_enabled, email_address, email_confirmed_at, webhook_enabled, webhook_url } = await readChannels(
    db,
    userId,
  );
  yield lines([
    {
      kind: "channels",
      email: { enabled: email_enabled, address: email_address, confirmedAt: email_confirmed_at },
      webhook: { enabled: webhook_enabled, url: webhook_url },
    },
  ]);
  const scheduled = await db
    .selectFrom("reminders")
    .select(["id", "task_id as taskId", "fire_at as fireAt"])
    .where("user_id", "=", userId)
    .where("state", "=", "scheduled")
    .orderBy("fire_at")
    .execute();
  yield lines(scheduled.map((row) => ({ kind: "scheduled-reminder", ...row })));

  for await (const rows of batches(
    (after) => readNotifications(db, { userId, unread: false, after, limit: BATCH }),
    (row) => ({ time: row.sent_at, id: row.id }),
  ))
    yield lines(rows.map((row) => ({ kind: "notification", ...shownNotification(row) })));
  for await (const rows of batches(
    (after) => readDeliveries(db, { userId, after, limit: BATCH }),
    (row) => ({ time: row.created_at, id: row.id }),
  ))
    yield lines(rows.map((row) => ({ kind: "delivery", ...shownDelivery(row) })));
}

async function* batches<T>(
  read: (after: Key | undefined) => Promise<readonly T[]>,
  keyOf: (row: T) => Key,
): AsyncGenerator<readonly T[]> {
  let after: Key | undefined;
  for (;;) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (rows.length < BATCH || !last) return;
    after = keyOf(last);
  }
}
