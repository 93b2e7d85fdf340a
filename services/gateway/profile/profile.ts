/** What is kept of a user here: name, address and settings. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Me, Settings } from "#contracts/http/gateway";
import { AppError } from "#kit/errors";
import { traceHeaders } from "#kit/telemetry/tracing";
import type { GatewayContext } from "../context.ts";
import type { DB, UsersTable } from "../data/tables.ts";

const viewOf = (row: Selectable<UsersTable>): Me => ({
  id: row.id,
  name: row.name,
  email: row.email,
  createdAt: row.created_at.toISOString(),
  settings: { timeZone: row.time_zone, locale: row.locale, dayStart: row.day_start },
});

/** A session may be believed a little longer than its user exists. */
const gone = (): AppError => new AppError("not-authenticated", "This account was deleted");

/** @throws AppError `not-authenticated` when the account is gone */
export async function readMe(db: Kysely<DB>, userId: string): Promise<Me> {
  const row = await db.selectFrom("users").selectAll().where("id", "=", userId).executeTakeFirst();
  if (!row) throw gone();
  return viewOf(row);
}

/** Changes what is given; the trigger tells the other services. */
export async function changeSettings(
  { transaction, clock }: GatewayContext,
  userId: string,
  change: { readonly [K in keyof Settings]?: Settings[K] | undefined },
): Promise<Me> {
  return transaction(async (trx) => {
    await nameTrace(trx);
    const row = await trx
      .updateTable("users")
      .set({
        updated_at: clock.now(),
        ...(change.timeZone === undefined ? {} : { time_zone: change.timeZone }),
        ...(change.locale === undefined ? {} : { locale: change.locale }),
        ...(change.dayStart === undefined ? {} : { day_start: change.dayStart }),
      })
      .where("id", "=", userId)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw gone();
    return viewOf(row);
  });
}

/** The trigger's events belong to the trace of the action that caused them. */
export async function nameTrace(trx: Transaction<DB>): Promise<void> {
  const { traceparent } = traceHeaders();
  if (traceparent) await sql`select set_config('todo.traceparent', ${traceparent}, true)`.execute(trx);
}
