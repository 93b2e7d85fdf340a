/** Keeping events. */
import { sql, type Transaction } from "kysely";
import type { AuditedEvent } from "../domain/audited.ts";
import { taskIdOf } from "../domain/audited.ts";
import { newSalt, payloadDigest } from "../domain/chain.ts";
import type { DB } from "./tables.ts";

/**
 * Keeps an event that is not there yet; the sealer chains it later, so that writers never wait for each other.
 * @param readable false after erasure: the digest is kept, its payload and salt are not
 * @returns whether it was new
 */
export async function insertEvent(
  transaction: Transaction<DB>,
  event: AuditedEvent,
  { readable }: { readonly readable: boolean },
): Promise<boolean> {
  const [salt, payload, taskId] = [newSalt(), JSON.stringify(event), taskIdOf(event)];
  const digest = payloadDigest(salt, taskId, payload);
  const time = new Date(event.time).toISOString();
  const { rows } = await sql`
    with event as (
      insert into events (id, user_id, type, time, digest)
      values (${event.id}, ${event.userid}, ${event.type}, ${time}, ${digest})
      on conflict (id) do nothing
      returning position
    ),
    readable as (
      insert into payloads (position, user_id, task_id, time, salt, payload)
      select position, ${event.userid}, ${taskId}::uuid, ${time}::timestamptz, ${salt}::bytea, ${payload}
      from event where ${readable}::boolean
    )
    select position from event`.execute(transaction);
  return rows.length === 1;
}

/** What can be read of the user; the chain stays, and verifies. After the tombstone is set. */
export async function deleteReadable(transaction: Transaction<DB>, userId: string): Promise<void> {
  for (const table of ["payloads", "task_states", "activity"] as const) {
    await transaction.deleteFrom(table).where("user_id", "=", userId).execute();
  }
}
