/** Keeping events. */
import type { Transaction } from "kysely";
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
  const time = new Date(event.time);
  const row = { id: event.id, user_id: event.userid, type: event.type, time };
  const inserting = transaction
    .insertInto("events")
    .values({ ...row, digest: payloadDigest(salt, taskId, payload) })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("position");
  if (!readable) return (await inserting.executeTakeFirst()) !== undefined;
  const inserted = await transaction
    .with("event", () => inserting)
    .insertInto("payloads")
    .columns(["position", "user_id", "task_id", "time", "salt", "payload"])
    .expression((eb) =>
      eb
        .selectFrom("event")
        .select(({ val, cast }) => [
          "event.position",
          cast<string>(val(event.userid), "text").as("user_id"),
          cast<string | null>(val(taskId), "uuid").as("task_id"),
          cast<Date>(val(time), "timestamptz").as("time"),
          cast<Buffer>(val(salt), "bytea").as("salt"),
          cast<string>(val(payload), "text").as("payload"),
        ]),
    )
    .returning("position")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** What can be read of the user; the chain stays, and verifies. After the tombstone is set. */
export async function deleteReadable(transaction: Transaction<DB>, userId: string): Promise<void> {
  for (const table of ["payloads", "task_states", "activity"] as const) {
    await transaction.deleteFrom(table).where("user_id", "=", userId).execute();
  }
}
