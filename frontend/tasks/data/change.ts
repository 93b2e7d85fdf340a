/**
 * Saving a change of a task that somebody else may have changed too. Changes of different fields are both kept; where both
 * changed the same field, nothing is overwritten unless the person says so.
 */
import type { TaskChange } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { api } from "@/api/client";
import { hasCode } from "@/api/problem";

/** Somebody else changed the same fields: `current` is what holds now. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  readonly current: Task;
  readonly fields: readonly (keyof TaskChange)[];

  constructor(current: Task, fields: readonly (keyof TaskChange)[]) {
    super("The task was changed in the meantime");
    this.current = current;
    this.fields = fields;
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Fields in which the change and somebody else's differ, counted from what both began with. */
export const contested = (base: Task, current: Task, change: TaskChange): (keyof TaskChange)[] =>
  (Object.keys(change) as (keyof TaskChange)[]).filter(
    (field) => !same(current[field], base[field]) && !same(current[field], change[field]),
  );

const quoted = (version: number): string => `"${version}"`;

export const readTask = async (id: string): Promise<Task> =>
  (await api.tasks.v1.tasks[":id"].$get({ param: { id } })).json();

/** More often than this nobody loses the race by accident. */
const ATTEMPTS = 4;

/**
 * @param base what the person saw
 * @throws ConflictError when the same fields were changed
 */
export async function saveChange(base: Task, change: TaskChange): Promise<Task> {
  let version = base.version;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await api.tasks.v1.tasks[":id"].$patch({
        param: { id: base.id },
        header: { "if-match": quoted(version) },
        json: change,
      });
      return await answer.json();
    } catch (error) {
      if (!hasCode(error, "version-mismatch") || attempt === ATTEMPTS) throw error;
      const current = await readTask(base.id);
      const fields = contested(base, current, change);
      if (fields.length > 0) throw new ConflictError(current, fields);
      version = current.version;
    }
  }
}

const READ = [
  "title",
  "notes",
  "status",
  "priority",
  "tags",
  "due",
  "deadline",
  "timeZone",
  "recurrence",
  "reminder",
] as const satisfies readonly (keyof Task)[];

/**
 * Deletes what the person saw. A version that moved on by a change of one's own, which was still on its way, says the same.
 * @param once made for this wish, so that it has its effect once however often it is sent
 * @throws ProblemError `version-mismatch` when the task says something else by now
 */
export async function deleteSeen(seen: Task, once: string): Promise<void> {
  let { version } = seen;
  for (let attempt = 1; ; attempt++) {
    const headers = { "if-match": quoted(version), "idempotency-key": `${once}-${attempt}` };
    try {
      await api.tasks.v1.tasks[":id"].$delete({ param: { id: seen.id } }, { headers });
      return;
    } catch (error) {
      if (!hasCode(error, "version-mismatch") || attempt === ATTEMPTS) throw error;
      const current = await readTask(seen.id);
      if (!READ.every((field) => same(seen[field], current[field]))) throw error;
      version = current.version;
    }
  }
}
