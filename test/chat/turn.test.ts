import { describe, expect, it } from "@jest/globals";
import { chatSystem, toolsOf } from "./support.ts";

const { say, messages, tasksOf, newUser, undo, events } = chatSystem();

describe("a turn", () => {
  it("adds the rent of every month and says so in a sentence", async () => {
    const user = newUser();
    const said = await say("pay the rent every 1st, remind me the day before", { user });
    expect(said.status).toBe(200);
    expect(said.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
    expect(said.headers.get("content-type")).toBe("text/event-stream");
    const [call] = toolsOf(said.message);
    expect(call).toMatchObject({
      toolName: "add_task",
      title: "Add a task",
      state: "output-available",
      output: { summary: "Added: Pay the rent, every 1st, next Tuesday 1 December, reminder the day before" },
    });
    expect(said.text).toBe(
      "Added: Pay the rent, every 1st, next Tuesday 1 December, reminder the day before (task 1).",
    );
    expect(await tasksOf(user)).toMatchObject([
      {
        title: "pay the rent",
        due: "2026-12-01",
        recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "schedule" },
        reminder: { minutesBefore: 1440 },
      },
    ]);
    const { conversationId } = said.message.metadata;
    const kept = await messages(conversationId, user);
    expect(kept.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(kept[1]).toEqual(said.message);
    expect(kept[1]?.metadata).toMatchObject({ status: "done", model: "offline" });
    expect((await events(conversationId)).map(({ type }) => type.replace("dev.todo.chat.", ""))).toEqual([
      "conversation_started.v1",
      "message_sent.v1",
      "tool_used.v1",
      "message_sent.v1",
    ]);
    await undo(call?.output?.undo ?? [], user);
    expect(await tasksOf(user)).toEqual([]);
  });
});
