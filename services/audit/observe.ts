import type { AuditContext } from "./context.ts";
import { countOverdue, readTotals } from "./data/statistics-rows.ts";

/** Counting overdue tasks reads all of them: not at every scrape of every replica. */
const OVERDUE_EVERY_MS = 60_000;

/** The statistics of the system as metrics: each replica tells the same, so that dashboards take the highest. */
export function observeStatistics({ db, clock, metrics }: Pick<AuditContext, "db" | "clock" | "metrics">): void {
  const created = metrics.gauge("todo_statistics_tasks_created");
  const completed = metrics.gauge("todo_statistics_tasks_completed");
  const overdue = metrics.gauge("todo_statistics_tasks_overdue");
  let counted = { at: Number.NEGATIVE_INFINITY, tasks: 0 };
  metrics.beforeScrape(async () => {
    const totals = await readTotals(db);
    created.set(totals.created);
    completed.set(totals.completed);
    const now = clock.now();
    if (now.getTime() - counted.at >= OVERDUE_EVERY_MS) {
      counted = { at: now.getTime(), tasks: await countOverdue(db, now) };
    }
    overdue.set(counted.tasks);
  });
}
