import { AppError } from "#kit/errors";
import type { NotificationsContext } from "../context.ts";

/**
 * First thing in every reading for a user.
 * @throws AppError `not-authenticated` when the account was erased: its tokens may live a few minutes longer
 */
export async function guardReader({ db }: Pick<NotificationsContext, "db">, userId: string): Promise<void> {
  const found = await db.selectFrom("tombstones").select("user_id").where("user_id", "=", userId).executeTakeFirst();
  if (found) throw new AppError("not-authenticated", "This account was deleted");
}
