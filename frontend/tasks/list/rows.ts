/** Tasks with the headings under which they stand. */
import type { Task } from "#contracts/task";
import { text } from "@/text";
import type { TaskQuery } from "../data/query.ts";
import { dayGroup } from "../words.ts";

export type Row =
  | { readonly kind: "heading"; readonly id: string; readonly title: string }
  | { readonly kind: "task"; readonly id: string; readonly task: Task };

const groupOf = ({ sort }: TaskQuery, task: Task, today: string): { id: string; title: string } | undefined => {
  if (sort === "due" || sort === "-due") {
    return task.status === "open" ? dayGroup(task.due?.slice(0, 10), today) : undefined;
  }
  if (sort === "priority" || sort === "-priority") {
    return { id: task.priority, title: text.tasks.priority[task.priority] };
  }
  return undefined;
};

/** A heading wherever the group changes. Lists of tasks that are done have none: their days are past. */
export function rowsOf(tasks: readonly Task[], query: TaskQuery, today: string): Row[] {
  const rows: Row[] = [];
  let group: string | undefined;
  for (const task of tasks) {
    const next = query.status === "open" ? groupOf(query, task, today) : undefined;
    if (next && next.id !== group) {
      group = next.id;
      rows.push({ kind: "heading", id: `heading ${next.id}`, title: next.title });
    }
    rows.push({ kind: "task", id: task.id, task });
  }
  return rows;
}
