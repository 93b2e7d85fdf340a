/** The same key does a thing once: who asks again gets the first answer. */
import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { later } from "#kit/database/frugal-pool";
import { AppError } from "#kit/errors";
import type { DB } from "./tables.ts";

export interface OnceRequest {
  readonly userId: string;
  /** Undefined: nobody asked for it. */
  readonly key: string | undefined;
  /** Everything that makes the request what it is; the order of fields counts. */
  readonly request: readonly unknown[];
}

/**
 * Does `work` unless the key did it before. A request with the same key that is under way is waited for; one that failed
 * left nothing behind.
 * @param work its result must be JSON
 * @throws AppError `unprocessable` when the key stands for another request
 */
export async function once<T>(
  transaction: Transaction<DB>,
  { userId, key, request }: OnceRequest,
  work: () => Promise<T>,
): Promise<T> {
  if (key === undefined) return work();
  const digest = createHash("sha256").update(JSON.stringify(request)).digest("base64url");
  const first = await transaction
    .insertInto("idempotency")
    .values({ user_id: userId, key, digest, answer: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("key")
    .executeTakeFirst();
  if (!first) return answerOf<T>(transaction, userId, key, digest);
  const answer = await work();
  const kept = transaction.updateTable("idempotency").set({ answer: JSON.stringify(answer ?? null) });
  await later(transaction, kept.where("user_id", "=", userId).where("key", "=", key));
  return answer;
}

async function answerOf<T>(transaction: Transaction<DB>, userId: string, key: string, digest: string): Promise<T> {
  const known = await transaction
    .selectFrom("idempotency")
    .select(["digest", "answer"])
    .where("user_id", "=", userId)
    .where("key", "=", key)
    .executeTakeFirst();
  // Cleaned away between the two statements: as good as never used.
  if (!known) throw new AppError("conflict", "The idempotency key has just expired: send the request again");
  if (known.digest === digest) return known.answer as T;
  const what = key.startsWith("approval ") ? "The approval was used" : "The idempotency key was used";
  throw new AppError("unprocessable", `${what} for another request`);
}

export const IDEMPOTENCY_HOURS = 24;

/** @returns how many were forgotten */
export async function forgetOldKeys(db: Kysely<DB>, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("idempotency")
    .where("created_at", "<", sql<Date>`${now}::timestamptz - make_interval(hours => ${IDEMPOTENCY_HOURS})`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
