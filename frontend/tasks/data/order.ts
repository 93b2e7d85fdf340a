/** Where a task stands in a list, by the same rules as the service: see `services/tasks/data/order.ts`. */
import type { TaskSort } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import type { TaskQuery } from "./query.ts";

type Key = (task: Task) => string | number;

/** After every date. */
const NO_DUE = "~";
const byId: Key = ({ id }) => id;
const byDue: Key = ({ due }) => due ?? NO_DUE;

const orders: Readonly<Record<string, readonly Key[]>> = {
  due: [byDue, byId],
  priority: [({ priority }) => priority, byDue, byId],
  created: [({ number }) => number],
  updated: [({ updatedAt }) => updatedAt, byId],
  title: [({ title }) => title.toLowerCase(), byId],
};

export function comparatorOf(sort: TaskSort): (a: Task, b: Task) => number {
  const down = sort.startsWith("-");
  const order = orders[down ? sort.slice(1) : sort] ?? [byDue, byId];
  return (a, b) => {
    for (const key of order) {
      const [x, y] = [key(a), key(b)];
      if (x !== y) return x < y === down ? 1 : -1;
    }
    return 0;
  };
}

/** @returns undefined where only the service knows: how words are found is its business */
export function matches(query: TaskQuery, task: Task): boolean | undefined {
  const day = task.due?.slice(0, 10);
  const holds =
    (query.status === "all" || query.status === task.status) &&
    (!query.priority || query.priority.includes(task.priority)) &&
    (query.due !== "none" || day === undefined) &&
    (query.due !== "any" || day !== undefined) &&
    (!query.dueFrom || (day !== undefined && day >= query.dueFrom)) &&
    (!query.dueTo || (day !== undefined && day <= query.dueTo)) &&
    (query.tag ?? []).every((tag) => task.tags.some((own) => own.toLowerCase() === tag.toLowerCase()));
  return holds && query.text !== undefined ? undefined : holds;
}
