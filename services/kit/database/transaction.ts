import type { Kysely, Transaction } from "kysely";
import { AppError } from "../errors.ts";
import { isConflict } from "./database.ts";
import { isErasedAccount } from "./kit-functions.ts";

const ATTEMPTS = 3;

/**
 * Runs `work` in a transaction; again when the database undid it because another one was in the way.
 * @throws AppError `not-authenticated` when `guardUser` found that the account was erased
 */
export async function inTransaction<DB, T>(
  db: Kysely<DB>,
  work: (transaction: Transaction<DB>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (isErasedAccount(error)) throw new AppError("not-authenticated", "This account was deleted", { cause: error });
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}
