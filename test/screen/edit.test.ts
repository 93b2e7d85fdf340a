import { describe, expect, it } from "@jest/globals";
import type { Task } from "#contracts/task";
import { contested } from "../../frontend/tasks/data/change.ts";
import { changeOf, formOf, type TaskForm } from "../../frontend/tasks/edit/form.ts";
import { dayGroup, shortDue } from "../../frontend/tasks/words.ts";

const TODAY = "2026-11-21";

const task: Task = {
  id: "00000000-0000-4000-8000-000000000001",
  number: 1,
  title: "Pay rent",
  notes: "",
  status: "open",
  priority: "p4",
  tags: ["home"],
  due: "2026-12-01",
  deadline: null,
  timeZone: "Europe/Berlin",
  recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "schedule" },
  reminder: { minutesBefore: 1_440 },
  predecessorId: null,
  version: 3,
  createdAt: "2026-11-01T00:00:00.000Z",
  updatedAt: "2026-11-01T00:00:00.000Z",
  completedAt: null,
};

const edited = (fields: Partial<TaskForm>, of: Task = task) => changeOf(of, { ...formOf(of, TODAY), ...fields }, TODAY);

describe("the editor", () => {
  it("changes nothing that was not changed", () => {
    expect(edited({})).toEqual({ ok: true, change: {} });
  });

  it.each<[Partial<TaskForm>, object]>([
    [{ title: " Pay the rent " }, { title: "Pay the rent" }],
    [{ time: "09:00" }, { due: "2026-12-01T09:00" }],
    [{ day: "2026-12-02" }, { due: "2026-12-02" }],
    [{ tags: "#home, @flat  flat" }, { tags: ["home", "flat"] }],
    [{ tags: "" }, { tags: [] }],
    [{ reminder: "none" }, { reminder: null }],
    [{ reminder: "morning" }, { reminder: { at: "09:00" } }],
    [{ deadline: "2026-12-05" }, { deadline: "2026-12-05" }],
    [{ rhythm: "" }, { recurrence: null }],
    [{ rhythm: "every 2 weeks" }, { recurrence: { rrule: "FREQ=WEEKLY;INTERVAL=2", anchor: "schedule" } }],
  ])("understands %j", (fields, change) => {
    expect(edited(fields)).toEqual({ ok: true, change });
  });

  it("lets a rhythm say when a task without a date begins", () => {
    const result = edited({ rhythm: "every 1st" }, { ...task, due: null, recurrence: null, reminder: null });
    expect(result).toMatchObject({ ok: true, change: { due: expect.stringMatching(/-01$/) } });
  });

  it("keeps a reminder that is none of those it offers", () => {
    const own: Task = { ...task, reminder: { minutesBefore: 45 } };
    expect(formOf(own, TODAY).reminder).toBe("own");
    expect(edited({ title: "x" }, own)).toEqual({ ok: true, change: { title: "x" } });
  });

  it.each<[Partial<TaskForm>, (keyof TaskForm)[]]>([
    [{ title: "  " }, ["title"]],
    [{ rhythm: "now and then" }, ["rhythm"]],
    [{ rhythm: "every monday or so" }, ["rhythm"]],
    [{ tags: "a{b" }, ["tags"]],
  ])("says what is wrong with %j", (fields, wrong) => {
    const result = edited(fields);
    expect(result.ok ? [] : Object.keys(result.wrong)).toEqual(wrong);
  });
});

describe("two who change the same task", () => {
  it("both get their way in different fields", () => {
    expect(contested(task, { ...task, notes: "theirs", version: 4 }, { title: "mine" })).toEqual([]);
  });

  it("contest the fields that both changed, unless to the same", () => {
    const theirs: Task = { ...task, title: "theirs", priority: "p1", tags: ["a"], version: 4 };
    expect(contested(task, theirs, { title: "mine", priority: "p1", tags: ["b"] })).toEqual(["title", "tags"]);
  });
});

describe("dates in few words", () => {
  it.each([
    ["2026-11-21", "Today"],
    ["2026-11-22T09:00", "Tomorrow 09:00"],
    ["2026-11-20", "Yesterday"],
    ["2026-11-27", "Fri"],
    ["2026-11-28", "28 Nov"],
    ["2027-01-02", "2 Jan"],
    ["2028-03-01", "1 Mar 2028"],
    ["2025-11-21", "21 Nov 2025"],
  ])("%s is %j", (due, words) => {
    expect(shortDue(due, TODAY)).toBe(words);
  });

  it("group days by what they mean now, and far ones by month", () => {
    const days = [undefined, "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-26", "2026-11-28", "2027-01-01"];
    expect(days.map((day) => dayGroup(day, TODAY).title)).toEqual([
      "No date",
      "Overdue",
      "Today",
      "Tomorrow",
      "Thursday",
      "November 2026",
      "January 2027",
    ]);
  });
});
