/** Keeping events. */
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { AuditedEvent } from "../domain/audited.ts";
import { taskIdOf } from "../domain/audited.ts";
import { newSalt, payloadDigest } from "../domain/chain.ts";
import { counting, newState, type TaskCount } from "./statistics-rows.ts";
import type { DB } from "./tables.ts";

/** How an event is kept; `known` when it was there. */
export type Kept = "known" | "readable" | "unreadable";

/**
 * Keeps an event that is not there yet; the sealer chains it later, so that writers never wait for each other. Of an account that
 * was erased the digest is kept, payload and salt are not; an erasure that begins meanwhile waits for the transaction to end.
 * @param erases the event is the erasure itself, which holds that lock
 */
export async function insertEvent(
  transaction: Transaction<DB>,
  event: AuditedEvent,
  { erases }: { readonly erases: boolean },
): Promise<Kept> {
  const { rows } = await sql<{ erased: boolean }>`
    with ${keeping(event, { erases })}
    select erased from event, account`.execute(transaction);
  return keptAs(rows[0]);
}

/** The first fact of a task, of all events the most frequent: kept and counted in one statement. */
export async function insertFirstFact(
  transaction: Transaction<DB>,
  event: AuditedEvent,
  count: TaskCount,
): Promise<{ readonly kept: Kept; readonly counted: boolean }> {
  const { rows } = await sql<{ erased: boolean; counted: boolean }>`
    with ${keeping(event, { erases: false })},
    ${counting(newState(count.state, sql`event, account where not erased`), count)}
    select erased, exists (select from state) as counted from event, account`.execute(transaction);
  return { kept: keptAs(rows[0]), counted: rows[0]?.counted ?? false };
}

const keptAs = (row: { readonly erased: boolean } | undefined): Kept => {
  if (!row) return "known";
  return row.erased ? "unreadable" : "readable";
};

/** Parts of a statement: `account` says whether it is erased, `event` has a row when there was none. */
function keeping(event: AuditedEvent, { erases }: { readonly erases: boolean }): RawBuilder<unknown> {
  const [salt, payload, taskId] = [newSalt(), JSON.stringify(event), taskIdOf(event)];
  const digest = payloadDigest(salt, taskId, payload);
  const time = new Date(event.time).toISOString();
  return sql`
    account as materialized (
      select ${erases}::boolean or account_erased(${event.userid}) as erased
    ),
    event as (
      insert into events (id, user_id, type, time, digest)
      values (${event.id}, ${event.userid}, ${event.type}, ${time}, ${digest})
      on conflict (id) do nothing
      returning position
    ),
    readable as (
      insert into payloads (position, user_id, task_id, time, salt, payload)
      select position, ${event.userid}, ${taskId}::uuid, ${time}::timestamptz, ${salt}::bytea, ${payload}
      from event, account where not erased
    )`;
}

/** What can be read of the user; the chain stays, and verifies. After the tombstone is set. */
export async function deleteReadable(transaction: Transaction<DB>, userId: string): Promise<void> {
  for (const table of ["payloads", "task_states", "activity"] as const) {
    await transaction.deleteFrom(table).where("user_id", "=", userId).execute();
  }
}
