/** Keeps every list in the cache true when one task changes, without asking for the lists again. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { keys } from "@/api/keys";
import { isDraft } from "./draft.ts";
import { comparatorOf, matches } from "./order.ts";
import { forgetPending } from "./pending.ts";
import type { TaskQuery } from "./query.ts";

export type TaskPages = InfiniteData<TaskPage, string | null>;

const queryOf = (key: readonly unknown[]): TaskQuery => key[2] as TaskQuery;

/** Many changes may come at once, such as those of a bulk action; numbers and searches can wait for the last. */
const SETTLE_MS = 400;
let settling: ReturnType<typeof setTimeout> | undefined;
const unsure = new Set<readonly unknown[]>();

function settle(client: QueryClient, list?: readonly unknown[]): void {
  if (list) unsure.add(list);
  clearTimeout(settling);
  settling = setTimeout(() => {
    for (const queryKey of unsure) void client.invalidateQueries({ queryKey, exact: true });
    unsure.clear();
    void client.invalidateQueries({ queryKey: keys.tasks.counts });
    void client.invalidateQueries({ queryKey: keys.statistics });
    void client.invalidateQueries({ queryKey: keys.activity });
  }, SETTLE_MS);
}

/** The newest state that any list shows. */
export function cachedTask(client: QueryClient, id: string): Task | undefined {
  let newest: Task | undefined;
  for (const [, pages] of client.getQueriesData<TaskPages>({ queryKey: keys.tasks.lists })) {
    for (const page of pages?.pages ?? []) {
      const task = page.items.find((item) => item.id === id);
      if (task && (!newest || task.version > newest.version)) newest = task;
    }
  }
  return newest;
}

/** Puts a task where it now belongs in every list; an older state than the one that is shown changes nothing. */
export function applyTask(client: QueryClient, task: Task): void {
  for (const [key, pages] of client.getQueriesData<TaskPages>({ queryKey: keys.tasks.lists })) {
    if (!pages) continue;
    const shown = pages.pages.flatMap(({ items }) => items).find(({ id }) => id === task.id);
    if (shown && shown.version > task.version) continue;
    const query = queryOf(key);
    const belongs = matches(query, task);
    // How words are found, and how letters are ordered, is the database's to say.
    if (belongs === undefined || query.sort.endsWith("title")) settle(client, key);
    const placed = belongs === undefined ? shown !== undefined : belongs;
    client.setQueryData<TaskPages>(key, placed ? place(pages, task, query) : without(pages, task.id));
  }
  settle(client);
}

/** What realtime tells of a task. One's own new one may come so before the answer to its adding: then its draft goes. */
export function applyTold(client: QueryClient, task: Task): void {
  if (!cachedTask(client, task.id)) {
    const draft = client
      .getQueriesData<TaskPages>({ queryKey: keys.tasks.lists })
      .flatMap(([, pages]) => pages?.pages ?? [])
      .flatMap(({ items }) => items)
      .find((item) => isDraft(item) && item.title === task.title && item.priority === task.priority);
    if (draft) {
      forgetPending(draft.id);
      removeTask(client, draft.id);
    }
  }
  applyTask(client, task);
}

export function removeTask(client: QueryClient, id: string): void {
  for (const [key, pages] of client.getQueriesData<TaskPages>({ queryKey: keys.tasks.lists })) {
    if (pages) client.setQueryData<TaskPages>(key, without(pages, id));
  }
  settle(client);
}

function without(pages: TaskPages, id: string): TaskPages {
  const at = pages.pages.findIndex(({ items }) => items.some((item) => item.id === id));
  if (at < 0) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page, i) =>
      i === at ? { ...page, items: page.items.filter((item) => item.id !== id) } : page,
    ),
  };
}

/** In its place of the order; behind what is loaded it comes with its page, whose cursor is a position and still holds. */
function place(pages: TaskPages, task: Task, { sort }: TaskQuery): TaskPages {
  const rest = without(pages, task.id);
  const compare = comparatorOf(sort);
  const lastPage = rest.pages.length - 1;
  let at = rest.pages.findIndex(({ items }) => {
    const last = items.at(-1);
    return last !== undefined && compare(task, last) < 0;
  });
  if (at < 0) {
    if (lastPage < 0 || rest.pages[lastPage]?.nextCursor) return rest;
    at = lastPage;
  }
  return {
    ...rest,
    pages: rest.pages.map((page, i) => {
      if (i !== at) return page;
      const found = page.items.findIndex((item) => compare(task, item) < 0);
      const position = found < 0 ? page.items.length : found;
      return { ...page, items: page.items.toSpliced(position, 0, task) };
    }),
  };
}
