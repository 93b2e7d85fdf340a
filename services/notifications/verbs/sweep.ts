import type { NotificationsContext } from "../context.ts";
import { dueReminders } from "../data/reminder-rows.ts";
import type { Fired } from "./fire.ts";

const BATCH = 200;

const AT_ONCE = 4;

export interface Sweep {
  /** Fires what is due and what no timer fired: timers are lost when a process dies after the schedule's commit. */
  run(): Promise<void>;
}

/** One sweep at a time a replica; replicas share the work by skipping each other's locked rows. */
export function sweep(
  { db, clock, log }: Pick<NotificationsContext, "db" | "clock" | "log">,
  fire: (id: string) => Promise<Fired>,
): Sweep {
  let running: Promise<void> | undefined;
  const all = async (): Promise<void> => {
    for (;;) {
      const due = await dueReminders(db, clock.now(), BATCH);
      const outcomes = await inTurns(
        due.map(({ id }) => id),
        fire,
        log,
      );
      // A batch of which nothing could be done would come back for ever.
      if (due.length < BATCH || outcomes.every((outcome) => outcome === undefined || outcome === "early")) return;
    }
  };
  return {
    run: () => {
      running ??= all().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

async function inTurns(
  ids: readonly string[],
  fire: (id: string) => Promise<Fired>,
  log: NotificationsContext["log"],
): Promise<(Fired | undefined)[]> {
  const outcomes: (Fired | undefined)[] = [];
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        outcomes.push(await fire(id));
      } catch (err) {
        log.warn({ err, reminderId: id }, "a reminder waits for the next sweep");
        outcomes.push(undefined);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}
