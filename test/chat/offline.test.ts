import { describe, expect, it } from "@jest/globals";
import { askedIn, chatSystem, type Said, toolsOf } from "./support.ts";

const { say, decide, tasksOf, newUser, addTask, undo, approvals, messages } = chatSystem();

/** A conversation of one user, a sentence after the other. */
function conversation(user = newUser()) {
  let conversationId: string | undefined;
  return {
    user,
    says: async (text: string): Promise<Said> => {
      const said = await say(text, { user, ...(conversationId ? { conversationId } : {}) });
      expect(said.status).toBe(200);
      conversationId = said.message.metadata.conversationId;
      return said;
    },
    id: () => conversationId ?? "",
  };
}

const titles = async (user: string, query = "status=open&sort=created"): Promise<string[]> =>
  (await tasksOf(user, query)).map(({ title }) => title);

describe("the offline assistant", () => {
  it("lists, and knows later what it listed", async () => {
    const { user, says } = conversation();
    for (const [title, due] of [
      ["water plants", "2026-11-18"],
      ["call bank", "2026-11-19"],
      ["buy milk", "2026-11-20"],
    ]) {
      await addTask({ title, due }, user);
    }
    const list = await says("show my tasks");
    expect(list.text).toBe(
      "3 tasks:\n\n1. water plants (due today)\n2. call bank (due tomorrow)\n3. buy milk (due Friday)",
    );
    expect((await says("complete the second one")).text).toBe("Completed: call bank (task 2).");
    expect((await says("move the last one to saturday")).text).toBe("Changed: Buy milk, due Saturday (task 3).");
    expect((await says("move it to sunday")).text).toBe("Changed: Buy milk, due Sunday (task 3).");
    expect(await titles(user)).toEqual(["water plants", "buy milk"]);
  });

  it("reminds who asked to be reminded, when the task is due unless another time was said", async () => {
    const { user, says } = conversation();
    await says("remind me to call Bob tomorrow at 5pm");
    await says("remind me an hour before to leave tomorrow at 7pm");
    await says("call Ann tomorrow at 6pm");
    const reminders = (await tasksOf(user, "status=open&sort=created")).map(({ title, reminder }) => [title, reminder]);
    expect(reminders).toEqual([
      ["call Bob", { minutesBefore: 0 }],
      ["leave", { minutesBefore: 60 }],
      ["call Ann", null],
    ]);
  });

  it("asks before it deletes the second one, deletes it once approved, and brings it back", async () => {
    const { user, says, id } = conversation();
    for (const [title, due] of [
      ["task a", "2026-11-18"],
      ["task b", "2026-11-19"],
      ["task c", "2026-11-20"],
    ]) {
      await addTask({ title, due }, user);
    }
    await says("show my tasks");
    const asked = await says("delete the second one");
    expect(asked.message.metadata.status).toBe("waiting");
    const [part] = toolsOf(asked.message);
    expect(part).toMatchObject({
      state: "approval-requested",
      approval: { descriptor: { summary: "Delete “task b”", count: 1 } },
    });
    expect(await titles(user)).toEqual(["task a", "task b", "task c"]);
    const [approval] = await approvals(user);
    expect(approval).toMatchObject({ id: part?.approval?.id, conversationId: id(), summary: "Delete “task b”" });

    const done = await decide(approval?.id ?? "", "approve", { user, before: asked.message });
    expect(done.message.id).toBe(asked.message.id);
    expect(toolsOf(done.message)).toMatchObject([
      { state: "output-available", output: { summary: "Deleted: task b" } },
    ]);
    expect(done.text).toBe("Delete “task b”? That waits for your approval.\nDeleted: task b.");
    expect((await messages(id(), user)).at(-1)).toEqual(done.message);
    expect(await titles(user)).toEqual(["task a", "task c"]);
    await undo(toolsOf(done.message)[0]?.output?.undo ?? [], user);
    expect(await titles(user)).toEqual(["task a", "task b", "task c"]);
  });

  it("leaves everything as it was when the user says no", async () => {
    const { user, says, id } = conversation();
    await addTask({ title: "keep me" }, user);
    const asked = await says("delete keep me");
    const refused = await decide(askedIn(asked.message), "reject", {
      user,
      before: asked.message,
    });
    expect(refused.text).toMatch(/\nAll right, I left it as it was\.$/);
    expect(toolsOf(refused.message)).toMatchObject([{ toolName: "search_tasks" }, { state: "output-denied" }]);
    expect((await messages(id(), user)).at(-1)).toEqual(refused.message);
    expect(await titles(user)).toEqual(["keep me"]);
    expect(await approvals(user)).toEqual([]);
  });

  it("asks once for a change of several tasks", async () => {
    const { user, says } = conversation();
    for (const title of ["a", "b", "c"]) await addTask({ title, due: "2026-11-18" }, user);
    const asked = await says("move tasks 1 and 3 to friday");
    const ids = toolsOf(asked.message).map(({ approval }) => approval?.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(toolsOf(asked.message)[0]?.approval?.descriptor).toMatchObject({ summary: "Change 2 tasks", count: 2 });
    const done = await decide(ids[0] ?? "", "approve", { user, before: asked.message });
    expect(done.text).toBe("Change 2 tasks? That waits for your approval.\nChanged 2 tasks: a and c.");
    expect((await tasksOf(user)).map(({ due }) => due)).toEqual(["2026-11-20", "2026-11-18", "2026-11-20"]);
    for (const { output } of toolsOf(done.message)) await undo(output?.undo ?? [], user);
    expect((await tasksOf(user)).map(({ due }) => due)).toEqual(["2026-11-18", "2026-11-18", "2026-11-18"]);
  });

  it("completes what a filter matches, and only what was shown", async () => {
    const { user, says } = conversation();
    for (const title of ["a", "b"]) await addTask({ title, due: "2026-11-17" }, user);
    const asked = await says("complete all overdue tasks");
    const { approval } = toolsOf(asked.message)[0] ?? {};
    expect(approval?.descriptor).toMatchObject({ summary: "Complete 2 tasks", count: 2 });
    await addTask({ title: "c", due: "2026-11-16" }, user);
    const done = await decide(approval?.id ?? "", "approve", { user, before: asked.message });
    expect(done.text).toContain("That did not work");
    expect(await titles(user)).toEqual(["a", "b", "c"]);
    const again = await says("complete all overdue tasks");
    const completed = await decide(askedIn(again.message), "approve", {
      user,
      before: again.message,
    });
    expect(completed.text).toMatch(/\nCompleted 3 tasks: a, b and c\.$/);
    expect(await titles(user)).toEqual([]);
  });

  it("finds a task by its words, and asks when several have them", async () => {
    const { user, says } = conversation();
    for (const title of ["call the dentist", "pay the dentist", "buy milk"]) await addTask({ title }, user);
    expect((await says("done with milk")).text).toBe("Completed: buy milk (task 3).");
    expect((await says("complete the dentist task")).text).toContain("Several tasks match “dentist”. Which one?");
    expect((await says("complete the first one")).text).toMatch(/^Completed: (call|pay) the dentist/);
    expect((await says("complete the plumber task")).text).toBe("I found no open task with “plumber”.");
  });

  it("changes single fields of a task", async () => {
    const { user, says } = conversation();
    await addTask({ title: "report", due: "2026-11-18T09:00", tags: ["work"] }, user);
    await says("add tag @home to task 1");
    await says("postpone task 1 by 2 days");
    await says("rename task 1 to Quarterly report");
    await says("set task 1 to p1");
    expect(await tasksOf(user)).toMatchObject([
      { title: "Quarterly report", due: "2026-11-20T09:00", tags: ["work", "home"], priority: "p1" },
    ]);
    await says("remove the due date from task 1");
    expect(await tasksOf(user)).toMatchObject([{ due: null }]);
    await says("complete task 1");
    await says("reopen it");
    expect(await tasksOf(user)).toMatchObject([{ status: "open" }]);
  });

  it.each([
    ["hi", /^Hello! I keep your to-do list/],
    ["thanks", /^You are welcome/],
    ["what can you do?", /pay the rent every 1st/],
    ["yes", /use its buttons/],
    ["complete task 99", /^That did not work: .*There is no task 99\.$/],
    ["delete task 99", /^That did not work: .*There is no task 99\.$/],
    ["delete everything", /^That did not work: No task matches\.$/],
    ["delete the second one", /not shown you a list yet/],
    ["move it to friday", /not sure which task/],
    ["show my tasks", /^You have no open tasks\.$/],
    ["show overdue tasks", /^No task matches\.$/],
    ["tomorrow", /^What should I add\?/],
  ])("answers %p in a short sentence", async (text, expected) => {
    const { says } = conversation();
    const said = await says(text);
    expect(said.text).toMatch(expected);
    expect(said.message.metadata.status).toBe("done");
  });
});
