import { type Kysely, sql } from "kysely";
import type { DB } from "./tables.ts";

/** How long a deletion can be undone. */
export const KEPT_DAYS = 30;

const BATCH = 1_000;

/** Removes for good what was deleted long ago, in batches that lock little. @returns how many tasks went */
export async function purgeDeleted(db: Kysely<DB>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  for (let purged = 0; ; ) {
    const { numDeletedRows } = await db
      .deleteFrom("tasks")
      .where(
        "id",
        "in",
        db
          .selectFrom("tasks")
          .select("id")
          .where("deleted_at", "<", before)
          .limit(BATCH)
          .modifyEnd(sql`for update skip locked`),
      )
      .executeTakeFirst();
    purged += Number(numDeletedRows);
    if (Number(numDeletedRows) < BATCH) return purged;
  }
}
