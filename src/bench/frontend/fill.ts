import { addTask } from "#test/e2e/browser/support";
import type { Person } from "#test/system/person";

const AT_ONCE = 10;

/** Gives somebody so many open tasks, as different as a list of a thousand is: dates, tags, priorities, rhythms. */
export async function fill(person: Person, count: number): Promise<void> {
  const day = (from: number): string => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
  const make = (n: number) => ({
    title: `task ${n}, ${["call the bank", "water the plants", "send the invoice", "read the report"][n % 4]}`,
    ...(n % 3 === 0 ? {} : { due: day(n % 60) }),
    ...(n % 5 === 0 ? { priority: `p${(n % 3) + 1}` } : {}),
    ...(n % 4 === 0 ? { tags: ["home", "work", "errands"].slice(0, (n % 3) + 1) } : {}),
    ...(n % 30 === 1 ? { recurrence: { rrule: "FREQ=WEEKLY", anchor: "schedule" } } : {}),
  });
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => make(from + i));
    await Promise.all(some.map((task) => addTask(person, task)));
  }
}
