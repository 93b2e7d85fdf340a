/** A user's day: how many messages, how many tokens of the language model. */
import { type Kysely, sql, type Transaction } from "kysely";
import { AppError } from "#kit/errors";
import type { DB } from "./tables.ts";

export interface DailyLimits {
  readonly turns: number;
  readonly tokens: number;
}

/** The day's tokens are used up in the middle of an answer. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
}

export const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** @throws AppError `too-many-requests` until the next day (UTC) */
export async function takeTurn(
  transaction: Transaction<DB>,
  userId: string,
  now: Date,
  limits: DailyLimits,
): Promise<void> {
  const { rows } = await sql`
    insert into usage as had (user_id, day, turns, tokens) values (${userId}, ${dayOf(now)}, 1, 0)
    on conflict (user_id, day) do update set turns = had.turns + 1
    where had.turns < ${limits.turns} and had.tokens < ${limits.tokens}
    returning turns`.execute(transaction);
  if (rows.length > 0) return;
  const midnight = Date.parse(`${dayOf(now)}T00:00:00Z`) + 86_400_000;
  throw new AppError("too-many-requests", "You have used up the assistant for today; your tasks work as ever", {
    retryAfterSeconds: Math.ceil((midnight - now.getTime()) / 1000),
  });
}

export async function spendTokens(db: Kysely<DB>, userId: string, now: Date, tokens: number): Promise<void> {
  await sql`
    insert into usage as had (user_id, day, turns, tokens) values (${userId}, ${dayOf(now)}, 0, ${tokens})
    on conflict (user_id, day) do update set tokens = had.tokens + ${tokens}`.execute(db);
}

/** @throws BudgetError when the day's tokens are used up */
export async function requireTokens(db: Kysely<DB>, userId: string, now: Date, limits: DailyLimits): Promise<void> {
  const had = await db
    .selectFrom("usage")
    .select("tokens")
    .where("user_id", "=", userId)
    .where("day", "=", dayOf(now))
    .executeTakeFirst();
  if (Number(had?.tokens ?? 0) >= limits.tokens) throw new BudgetError();
}
