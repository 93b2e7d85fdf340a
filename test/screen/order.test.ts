import { beforeAll, describe, expect, it } from "@jest/globals";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { tasksService } from "#test/tasks/support";
import { comparatorOf, matches } from "../../frontend/tasks/data/order.ts";
import { addressOf, parametersOf, type TaskQuery } from "../../frontend/tasks/data/query.ts";

const { call, create, newUser } = tasksService();

/** What the service lists, and what the screen makes of all tasks by itself, must be the same. */
describe("the screen's own order", () => {
  let user = "";
  let all: Task[] = [];

  beforeAll(async () => {
    user = newUser();
    const dues = [undefined, "2026-11-20", "2026-11-20T09:00", "2026-11-20T18:30", "2026-11-19", "2027-01-01"];
    const priorities = ["p1", "p2", "p3", "p4"] as const;
    for (let i = 0; i < 24; i++) {
      const due = dues[i % dues.length];
      const task = await create(
        {
          title: `task ${String.fromCharCode(97 + ((i * 7) % 24))}`,
          priority: priorities[i % 4] ?? "p4",
          tags: i % 3 === 0 ? ["Home"] : i % 5 === 0 ? ["home", "work"] : [],
          ...(due ? { due } : {}),
        },
        user,
      );
      if (i % 4 === 1) await call("POST", `/v1/tasks/${task.id}/complete`, { user });
    }
    all = await listed({ status: "all", sort: "due" });
  });

  async function listed(query: TaskQuery): Promise<Task[]> {
    const address = new URLSearchParams({ limit: "100" });
    for (const [name, value] of Object.entries(parametersOf(query))) {
      for (const one of [value].flat()) address.append(name, one);
    }
    const { status, body } = await call<TaskPage>("GET", `/v1/tasks?${address}`, { user });
    expect(status).toBe(200);
    return body.items;
  }

  it.each<TaskQuery>([
    { status: "open", sort: "due" },
    { status: "all", sort: "-due" },
    { status: "completed", sort: "priority" },
    { status: "open", sort: "-priority" },
    { status: "all", sort: "created" },
    { status: "all", sort: "-created" },
    { status: "all", sort: "updated" },
    { status: "all", sort: "-updated" },
    { status: "all", sort: "title" },
    { status: "all", sort: "-title" },
    { status: "all", sort: "due", priority: ["p1", "p3"] },
    { status: "all", sort: "due", tag: ["home"] },
    { status: "all", sort: "due", tag: ["home", "work"] },
    { status: "all", sort: "due", due: "none" },
    { status: "open", sort: "due", due: "any" },
    { status: "all", sort: "due", dueFrom: "2026-11-20" },
    { status: "all", sort: "due", dueFrom: "2026-11-20", dueTo: "2026-11-20" },
    { status: "all", sort: "due", dueTo: "2026-11-19" },
  ])("is the service's for %j", async (query) => {
    const own = all.filter((task) => matches(query, task)).sort(comparatorOf(query.sort));
    const ids = (await listed(query)).map(({ id }) => id);
    expect(own.map(({ id }) => id)).toEqual(ids);
    expect(ids.length).toBeGreaterThan(0);
  });

  it("leaves it to the service which words are found", () => {
    const [task] = all.filter(({ status }) => status === "open");
    if (!task) throw new Error("there is none");
    expect(matches({ status: "open", sort: "due", text: "task" }, task)).toBeUndefined();
    expect(matches({ status: "completed", sort: "due", text: "task" }, task)).toBe(false);
  });

  it("stands in the address without what is usual", () => {
    expect(addressOf({ status: "open", sort: "due" })).toBe("");
    expect(addressOf({ status: "all", sort: "due", tag: ["a", "b"] })).toBe("?status=all&tag=a&tag=b");
  });
});
