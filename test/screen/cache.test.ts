import { beforeEach, describe, expect, it } from "@jest/globals";
import { QueryClient } from "@tanstack/react-query";
import type { Task } from "#contracts/task";
import { keys } from "../../frontend/api/keys.ts";
import { applyTask, applyTold, cachedTask, removeTask, type TaskPages } from "../../frontend/tasks/data/cache.ts";
import type { TaskQuery } from "../../frontend/tasks/data/query.ts";

const open: TaskQuery = { status: "open", sort: "due" };
const completed: TaskQuery = { status: "completed", sort: "-updated" };
const search: TaskQuery = { status: "open", sort: "due", text: "rent" };

const task = (n: number, fields: Partial<Task> = {}): Task => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
  number: n,
  title: `task ${n}`,
  notes: "",
  status: "open",
  priority: "p4",
  tags: [],
  due: `2026-11-${String(n).padStart(2, "0")}`,
  deadline: null,
  timeZone: "Europe/Berlin",
  recurrence: null,
  reminder: null,
  predecessorId: null,
  version: 1,
  createdAt: "2026-11-01T00:00:00.000Z",
  updatedAt: "2026-11-01T00:00:00.000Z",
  completedAt: null,
  ...fields,
});

describe("the lists in the cache", () => {
  let client: QueryClient;
  const fill = (query: TaskQuery, pages: readonly (readonly Task[])[], more = false): void => {
    client.setQueryData<TaskPages>(keys.tasks.list(query), {
      pages: pages.map((items, i) => ({
        items: [...items],
        nextCursor: more || i < pages.length - 1 ? `c${i}` : null,
      })),
      pageParams: pages.map((_, i) => (i === 0 ? null : `c${i - 1}`)),
    });
  };
  const numbers = (query: TaskQuery): number[][] =>
    client
      .getQueryData<TaskPages>(keys.tasks.list(query))
      ?.pages.map(({ items }) => items.map(({ number }) => number)) ?? [];

  beforeEach(() => {
    client = new QueryClient({ defaultOptions: { queries: { gcTime: Number.POSITIVE_INFINITY } } });
    fill(open, [
      [task(2), task(4)],
      [task(6), task(8)],
    ]);
  });

  it("take a new task in its place", () => {
    applyTask(client, task(5));
    applyTask(client, task(9));
    applyTask(client, task(1));
    expect(numbers(open)).toEqual([
      [1, 2, 4],
      [5, 6, 8, 9],
    ]);
  });

  it("leave what lies behind the loaded pages to its page", () => {
    fill(open, [[task(2), task(4)]], true);
    applyTask(client, task(9));
    applyTask(client, task(3));
    expect(numbers(open)).toEqual([[2, 3, 4]]);
  });

  it("move a task whose date changed", () => {
    applyTask(client, task(2, { due: "2026-11-07", version: 2 }));
    expect(numbers(open)).toEqual([[4], [6, 2, 8]]);
  });

  it("hand a completed task from one list to the other, and back", () => {
    fill(completed, [[]]);
    applyTask(client, task(4, { status: "completed", version: 2 }));
    expect([numbers(open), numbers(completed)]).toEqual([[[2], [6, 8]], [[4]]]);
    applyTask(client, task(4, { version: 3 }));
    expect([numbers(open), numbers(completed)]).toEqual([[[2], [4, 6, 8]], [[]]]);
  });

  it("never go back to an older state", () => {
    applyTask(client, task(2, { title: "new", version: 3 }));
    applyTask(client, task(2, { title: "late", version: 2 }));
    expect(cachedTask(client, task(2).id)?.title).toBe("new");
  });

  it("show a new task once, also when it is told before the answer to its adding", () => {
    applyTask(client, task(5, { id: "a draft", title: "call the bank", version: 0 }));
    applyTask(client, task(5, { id: "another draft", title: "call the bank", version: 0 }));
    applyTold(client, task(5, { title: "call the bank" }));
    const titles = client.getQueryData<TaskPages>(keys.tasks.list(open))?.pages.flatMap(({ items }) => items);
    expect(
      titles
        ?.filter(({ title }) => title === "call the bank")
        .map(({ version }) => version)
        .sort(),
    ).toEqual([0, 1]);
    applyTold(client, task(5, { title: "call the bank", version: 2 }));
    expect(cachedTask(client, "another draft")).toBeDefined();
  });

  it("let go of what was deleted", () => {
    removeTask(client, task(4).id);
    expect(numbers(open)).toEqual([[2], [6, 8]]);
  });

  it("keep a found task where it is and ask again, as only the service knows what is found", async () => {
    fill(search, [[task(2)]]);
    applyTask(client, task(2, { title: "rent", version: 2 }));
    applyTask(client, task(7, { title: "rent" }));
    expect(numbers(search)).toEqual([[2]]);
    const state = () => client.getQueryState(keys.tasks.list(search))?.isInvalidated;
    const deadline = Date.now() + 5_000;
    while (!state() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(state()).toBe(true);
    expect(client.getQueryState(keys.tasks.list(open))?.isInvalidated).toBe(false);
  });
});
