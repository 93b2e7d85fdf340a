import type { Kysely, Transaction } from "kysely";
import { isConflict } from "./database.ts";

const ATTEMPTS = 3;

/** Runs `work` in a transaction; again when the database undid it because another one was in the way. */
export async function inTransaction<DB, T>(
  db: Kysely<DB>,
  work: (transaction: Transaction<DB>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}
