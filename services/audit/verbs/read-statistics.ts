import type { Statistics } from "#contracts/http/audit";
import { localDateOf } from "#recurrence/local";
import type { AuditContext } from "../context.ts";
import { countOverdue, readActivity } from "../data/statistics-rows.ts";
import { byDay, lastDays, streaksOf } from "../domain/days.ts";

/** @param days how many, today included */
export async function readStatistics(
  { db, clock }: Pick<AuditContext, "db" | "clock">,
  { userId, timeZone }: { readonly userId: string; readonly timeZone: string },
  days: number,
): Promise<Statistics> {
  const now = clock.now();
  const today = localDateOf(now, timeZone);
  const [quarters, overdue] = await Promise.all([readActivity(db, userId), countOverdue(db, now, userId)]);
  const counts = byDay(quarters, timeZone);
  const all = [...counts];
  const productive = all.flatMap(([date, { completed }]) => (completed > 0 && date <= today ? [date] : []));
  return {
    timeZone,
    today,
    days: lastDays(counts, today, days),
    totals: {
      created: all.reduce((sum, [, { created }]) => sum + created, 0),
      completed: all.reduce((sum, [, { completed }]) => sum + completed, 0),
    },
    overdue,
    streak: streaksOf(productive, today),
  };
}
