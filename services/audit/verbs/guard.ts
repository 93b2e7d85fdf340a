import { AppError } from "#kit/errors";
import type { AuditContext } from "../context.ts";
import { hasTombstone } from "../data/chain-rows.ts";

/**
 * First thing in every reading for a user.
 * @throws AppError `not-authenticated` when the account was erased: its tokens may live a few minutes longer
 */
export async function guardReader({ db }: Pick<AuditContext, "db">, userId: string): Promise<void> {
  if (await hasTombstone(db, userId)) throw new AppError("not-authenticated", "This account was deleted");
}
