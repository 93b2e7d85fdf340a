import type { Kysely } from "kysely";
import type { DB } from "./tables.ts";

/** Sessions that ended by themselves, and sign-ins that never came back from the provider. */
export async function removeExpired(db: Kysely<DB>, now: Date): Promise<void> {
  await db.deleteFrom("sessions").where("expires_at", "<", now).execute();
  await db.deleteFrom("verifications").where("expires_at", "<", now).execute();
}
