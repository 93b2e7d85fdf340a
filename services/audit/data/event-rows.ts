/** Keeping events. */
import { sql, type Transaction } from "kysely";
import type { AuditedEvent } from "../domain/audited.ts";
import { taskIdOf } from "../domain/audited.ts";
import { newSalt, payloadDigest } from "../domain/chain.ts";
import type { DB } from "./tables.ts";

/**
 * Keeps an event that is not there yet; the sealer chains it later, so that writers never wait for each other. Of an account that
 * was erased the digest is kept, payload and salt are not; an erasure that begins meanwhile waits for the transaction to end.
 * @param erases the event is the erasure itself, which holds that lock
 * @returns how it is kept; `known` when it was there
 */
export async function insertEvent(
  transaction: Transaction<DB>,
  event: AuditedEvent,
  { erases }: { readonly erases: boolean },
): Promise<"known" | "readable" | "unreadable"> {
  const [salt, payload, taskId] = [newSalt(), JSON.stringify(event), taskIdOf(event)];
  const digest = payloadDigest(salt, taskId, payload);
  const time = new Date(event.time).toISOString();
  const { rows } = await sql<{ erased: boolean }>`
    with account as materialized (
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
    )
    select erased from event, account`.execute(transaction);
  if (!rows[0]) return "known";
  return rows[0].erased ? "unreadable" : "readable";
}

/** What can be read of the user; the chain stays, and verifies. After the tombstone is set. */
export async function deleteReadable(transaction: Transaction<DB>, userId: string): Promise<void> {
  for (const table of ["payloads", "task_states", "activity"] as const) {
    await transaction.deleteFrom(table).where("user_id", "=", userId).execute();
  }
}
