import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sql } from "kysely";
import type { TaskCount, TaskFilter, TaskPage, TaskSort } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { SORTS } from "#contracts/task-choices";
import { listQuery } from "#services/tasks/data/list";
import { keysOf } from "#services/tasks/data/order";
import { termsOf } from "#services/tasks/data/search";
import { insertTasks, insertUsers } from "./rows.ts";
import { tasksService } from "./support.ts";

const { call, create, newUser, context, list, problem, system } = tasksService();

const titles = async (query: string, user: string): Promise<string[]> => {
  const { status, body } = await list(query, user);
  expect(status).toBe(200);
  return body.items.map(({ title }) => title);
};

describe("a list", () => {
  let user = "";
  beforeAll(async () => {
    user = newUser();
    await create({ title: "Beta", due: "2026-11-20", priority: "p2", tags: ["Home", "garden"] }, user);
    await create({ title: "alpha", due: "2026-11-20T09:00", priority: "p1", tags: ["home"] }, user);
    await create({ title: "gamma", due: "2026-11-19", priority: "p4" }, user);
    await create({ title: "delta" }, user);
    const { id } = await create({ title: "epsilon", due: "2026-11-01", priority: "p1" }, user);
    await call("POST", `/v1/tasks/${id}/complete`, { user });
  });

  it.each([
    ["", ["gamma", "Beta", "alpha", "delta"]],
    ["sort=-due", ["delta", "alpha", "Beta", "gamma"]],
    ["sort=priority", ["alpha", "Beta", "gamma", "delta"]],
    ["sort=created", ["Beta", "alpha", "gamma", "delta"]],
    ["sort=-created", ["delta", "gamma", "alpha", "Beta"]],
    ["sort=title", ["alpha", "Beta", "delta", "gamma"]],
    ["status=all", ["epsilon", "gamma", "Beta", "alpha", "delta"]],
    ["status=completed", ["epsilon"]],
    ["status=all&priority=p1", ["epsilon", "alpha"]],
    ["priority=p1&priority=p2", ["Beta", "alpha"]],
    ["tag=home", ["Beta", "alpha"]],
    ["tag=HOME&tag=garden", ["Beta"]],
    ["dueFrom=2026-11-20", ["Beta", "alpha"]],
    ["dueTo=2026-11-19", ["gamma"]],
    ["dueFrom=2026-11-20&dueTo=2026-11-20", ["Beta", "alpha"]],
    ["due=none", ["delta"]],
    ["due=any", ["gamma", "Beta", "alpha"]],
    ["number=2&number=4&number=99", ["alpha", "delta"]],
    ["dueTo=9999-12-31", ["gamma", "Beta", "alpha"]],
  ])("for %j", async (query, expected) => {
    expect(await titles(query, user)).toEqual(expected);
    const { body } = await call<TaskCount>("GET", `/v1/tasks/count?${query.replace(/&?sort=[-a-z]+/, "")}`, { user });
    expect(body).toEqual({ count: expected.length, exact: true });
  });

  it("of what was just touched", async () => {
    const touched = newUser();
    const { id } = await create({ title: "old" }, touched);
    await create({ title: "new" }, touched);
    await context()
      .db.updateTable("tasks")
      .set({ updated_at: new Date("2027-01-01") })
      .where("id", "=", id)
      .execute();
    expect(await titles("sort=-updated", touched)).toEqual(["old", "new"]);
    expect(await titles("sort=updated", touched)).toEqual(["new", "old"]);
  });

  it.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "sort=nonsense",
    "status=done",
    "unknown=1",
    "dueFrom=yesterday",
    "priority=p5",
    "number=0",
    "number=99999999999",
    "text=",
    "text=%00",
    "status=open&status=all",
    "cursor=nonsense",
    `cursor=${Buffer.from('["x",[1]]').toString("base64url")}`,
  ])("refuses %s", async (query) => {
    expect(await problem("GET", `/v1/tasks?${query}`, { user })).toMatchObject({
      status: 400,
      body: { code: "invalid-request" },
    });
  });

  it("does not go on with another filter, nor with values that were slipped in", async () => {
    const first = await list("limit=2", user);
    expect(
      await problem("GET", `/v1/tasks?limit=2&sort=title&cursor=${first.body.nextCursor}`, { user }),
    ).toMatchObject({
      status: 400,
    });
    const [made] = JSON.parse(Buffer.from(first.body.nextCursor ?? "", "base64url").toString()) as [string];
    const forged = Buffer.from(JSON.stringify([made, ["2026", "' or true --"]])).toString("base64url");
    expect((await problem("GET", `/v1/tasks?limit=2&cursor=${forged}`, { user })).status).toBe(400);
  });

  it("shows nobody else's tasks, whatever is asked for", async () => {
    for (const query of ["", "status=all", "text=alpha", "tag=home", "number=1", "priority=p1&status=all"]) {
      expect(await titles(query, "mallory")).toEqual([]);
    }
  });
});

describe("a search", () => {
  let user = "";
  beforeAll(async () => {
    user = newUser();
    await create({ title: "Pay the electricity bill", notes: "reference 2026-44.17, ask o'brien@example.com" }, user);
    await create({ title: "Müller anrufen wegen Öltank", tags: ["haus"] }, user);
    await create({ title: "prepare meetings", notes: 'it\'s "quoted" \\ and odd' }, user);
  });

  it.each([
    ["electricity", ["Pay the electricity bill"]],
    ["elec", ["Pay the electricity bill"]],
    ["BILL paid", []],
    ["paying bills", ["Pay the electricity bill"]],
    ["meeting", ["prepare meetings"]],
    ["müller", ["Müller anrufen wegen Öltank"]],
    ["öltank anruf", ["Müller anrufen wegen Öltank"]],
    ['"electricity bill"', ["Pay the electricity bill"]],
    ['"bill electricity"', []],
    ["prepare -meeting", []],
    ["pay -meeting", ["Pay the electricity bill"]],
    ["o'brien@example.com", ["Pay the electricity bill"]],
    ["the", ["Pay the electricity bill"]],
    ["haus", []],
    ["!!! ???", []],
    ["' | & ! ( ) : * \\ <->", []],
    ["user", []],
    ["tag", []],
    ["😀", []],
  ])("for %j", async (text, expected) => {
    expect(await titles(`text=${encodeURIComponent(text)}`, user)).toEqual(expected);
  });

  it("never fails, whatever is typed", async () => {
    const { db } = context();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.string({ maxLength: 20 }),
        async (text, tag) => {
          if (text.includes("\0") || tag.includes("\0")) return;
          const filter: TaskFilter = { status: "all", text, ...(tag ? { tag: [tag] } : {}) };
          await (await listQuery(db, user, { filter, sort: "due", limit: 5 }))?.execute();
        },
      ),
      { numRuns: 150 },
    );
  });

  it("reads phrases and unwanted words", () => {
    expect(termsOf('a "b c" -d -"e f" !! "open end')).toEqual([
      { text: "a", negated: false, phrase: false },
      { text: "b c", negated: false, phrase: true },
      { text: "d", negated: true, phrase: false },
      { text: "e f", negated: true, phrase: true },
      { text: "open end", negated: false, phrase: true },
    ]);
  });
});

describe("pages of many tasks", () => {
  const COUNT = 20_000;
  let user = "";
  beforeAll(async () => {
    user = newUser();
    const { db } = context();
    await insertTasks(db, user, COUNT);
    await insertUsers(db, 2_000);
    await sql`analyze tasks`.execute(db);
  });

  it.each(SORTS)("by %s hold every task once, in order", async (sort) => {
    const seen: Task[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = `status=all&tag=uncommon&sort=${sort}&limit=37${cursor && `&cursor=${cursor}`}`;
      const { body }: { body: TaskPage } = await list(query, user);
      seen.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(COUNT / 100);
    expect(seen).toHaveLength(COUNT / 100);
    const key = {
      due: (task: Task) => task.due ?? "~",
      priority: (task: Task) => `${task.priority} ${task.due ?? "~"}`,
      created: (task: Task) => String(task.number).padStart(9, "0"),
      updated: (task: Task) => task.updatedAt,
      title: (task: Task) => task.title,
    }[sort.replace("-", "")];
    const keys = seen.map((task) => key?.(task) ?? "");
    const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sort.startsWith("-") ? sorted.reverse() : sorted);
  });

  interface Plan {
    readonly "Node Type": string;
    readonly "Index Name"?: string;
    readonly "Actual Rows": number;
    readonly "Actual Loops": number;
    readonly "Rows Removed by Filter"?: number;
    readonly Plans?: readonly Plan[];
  }

  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

  const planOf = async (filter: TaskFilter, sort: TaskSort, cursor?: string): Promise<Plan[]> => {
    const after = cursor === undefined ? undefined : keysOf(cursor, filter, sort);
    const query = await listQuery(context().db, user, { filter, sort, limit: 50, after });
    const [row] = (await query?.explain("json", sql`analyze`)) ?? [];
    const plans = (row as unknown as { "QUERY PLAN": readonly { Plan: Plan }[] })["QUERY PLAN"];
    return plans.flatMap(({ Plan }) => nodes(Plan));
  };

  /** Rows that were looked at to find a page. */
  const touched = (plan: readonly Plan[]): number =>
    Math.max(
      ...plan
        .filter((node) => node["Index Name"] !== undefined)
        .map((node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]),
    );

  it.each(SORTS)("by %s come from the index of the order, the last page like the first", async (sort) => {
    const index = `tasks_by_${sort.replace("-", "")}`;
    for (const filter of [{ status: "open" }, { status: "all" }] as const) {
      const first = await planOf(filter, sort);
      let cursor = "";
      const { body } = await list(`status=${filter.status}&sort=${sort}&limit=100`, user);
      cursor = body.nextCursor ?? "";
      const deep = await planOf(filter, sort, cursor);
      for (const plan of [first, deep]) {
        const indexes = plan.flatMap((node) => node["Index Name"] ?? []);
        expect(new Set(indexes)).toEqual(new Set([index]));
        expect(plan.map((node) => node["Node Type"])).not.toContain("Seq Scan");
        expect(touched(plan)).toBeLessThanOrEqual(50);
      }
    }
  });

  it("of a priority, a due range or no date look at little more than they show", async () => {
    for (const filter of [
      { status: "open", priority: ["p1"] },
      { status: "all", priority: ["p1", "p3"] },
      { status: "open", dueFrom: "2024-01-01", dueTo: "2024-12-31" },
      { status: "completed", due: "none" },
    ] as const) {
      const plan = await planOf(filter as unknown as TaskFilter, "due");
      expect(plan.map((node) => node["Node Type"])).not.toContain("Seq Scan");
      expect(touched(plan)).toBeLessThanOrEqual(500);
    }
  });

  it("of rare words and tags are found through the search index, for this user alone", async () => {
    for (const filter of [
      { status: "all", text: "zeppelin" },
      { status: "all", tag: ["rare"] },
    ] as const) {
      const plan = await planOf(filter as unknown as TaskFilter, "due");
      expect(plan.flatMap((node) => node["Index Name"] ?? [])).toContain("tasks_search");
      expect(touched(plan)).toBeLessThanOrEqual(10);
    }
  });

  it("count honestly, and no further than they say", async () => {
    const count = async (query: string) => (await call<TaskCount>("GET", `/v1/tasks/count?${query}`, { user })).body;
    expect(await count("status=all")).toEqual({ count: 1_000, exact: false });
    expect(await count("status=all&tag=uncommon")).toEqual({ count: COUNT / 100, exact: true });
    expect(await count("text=zeppelin")).toEqual({ count: 2, exact: true });
  });

  it("can be exported whole", async () => {
    const token = await system().tokenFor(user, { audience: "tasks" });
    const response = await system().request("tasks", "/v1/tasks/export", {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines).toHaveLength(COUNT);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ number: COUNT });
  });
});
