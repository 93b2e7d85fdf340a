import { describe, expect, it } from "@jest/globals";
import { CompiledQuery } from "kysely";
import { askedIn, chatSystem, toolsOf } from "./support.ts";

const { say, decide, tasksOf, newUser, addTask, approvals, messages, context, clock, events, system } = chatSystem();

const sql = (text: string, parameters: unknown[] = []) =>
  context().db.executeQuery(CompiledQuery.raw(text, parameters));

const askToDelete = async (user: string) => {
  await addTask({ title: "a" }, user);
  return say("delete task 1", { user });
};

/** As a process leaves it that dies between taking an approval and carrying it out. */
const dieAfterTaking = (id: string) =>
  sql("update approvals set status = 'approved', taken_until = $2 where id = $1", [
    id,
    new Date(clock.now().getTime() + 60_000),
  ]);

describe("a process that died", () => {
  it("while it wrote leaves an answer that has stopped, and a conversation that goes on", async () => {
    const user = newUser();
    const { conversationId } = (await say("hi", { user })).message.metadata;
    await sql("update conversations set turn_id = gen_random_uuid(), turn_until = $2 where id = $1", [
      conversationId,
      new Date(clock.now().getTime() + 180_000),
    ]);
    await sql("update messages set status = 'streaming' where conversation_id = $1 and role = 'assistant'", [
      conversationId,
    ]);
    expect((await messages(conversationId, user))[1]?.metadata.status).toBe("streaming");
    expect((await say("hello?", { user, conversationId })).status).toBe(409);
    clock.advance(180_001);
    expect((await messages(conversationId, user))[1]?.metadata.status).toBe("stopped");
    expect((await say("hello?", { user, conversationId })).status).toBe(200);
  });

  it("after an approval was given lets it be given again, with the effect once", async () => {
    const user = newUser();
    const asked = await askToDelete(user);
    const id = askedIn(asked.message);
    await dieAfterTaking(id);
    expect((await decide(id, "approve", { user })).status).toBe(409);
    clock.advance(61_000);
    expect((await decide(id, "reject", { user })).status).toBe(409);
    const done = await decide(id, "approve", { user, before: asked.message });
    expect(toolsOf(done.message)).toMatchObject([{ output: { summary: "Deleted: a" } }]);
    // It had been carried out, and died before it said so: tasks knows the approval.
    await sql("update approvals set done_at = null where id = $1", [id]);
    await addTask({ title: "b" }, user);
    clock.advance(61_000);
    const again = await decide(id, "approve", { user, before: done.message });
    expect(toolsOf(again.message)).toMatchObject([{ output: { summary: "Deleted: a" } }]);
    expect((await tasksOf(user)).map(({ title }) => title)).toEqual(["b"]);
  });

  it("finds approvals where they were", async () => {
    const user = newUser();
    const asked = await askToDelete(user);
    const [approval] = await approvals(user);
    // All there is of it is in PostgreSQL.
    const kept = (await messages(asked.message.metadata.conversationId, user)).at(-1);
    expect(kept).toEqual(asked.message);
    expect(approval).toMatchObject({
      id: askedIn(asked.message),
      messageId: kept?.id,
      calls: [{ tool: "delete_task" }],
    });
  });
});

describe("an approval in the database", () => {
  it("that is not what was shown is not carried out", async () => {
    const user = newUser();
    await addTask({ title: "precious" }, user);
    const id = askedIn((await askToDelete(user)).message);
    await sql(`update approvals set calls = replace(calls::text, '"task"', '"tusk"')::json where id = $1`, [id]);
    expect((await decide(id, "approve", { user })).status).toBe(500);
    expect(await tasksOf(user)).toHaveLength(2);
  });
});

describe("what happened", () => {
  it("is told in order, and holds no word of what was said", async () => {
    const user = newUser();
    const asked = await say("buy unmentionables", { user });
    const { conversationId } = asked.message.metadata;
    const asking = await say("delete task 1", { user, conversationId });
    await decide(askedIn(asking.message), "reject", { user, before: asking.message });
    const again = await say("delete task 1", { user, conversationId });
    await decide(askedIn(again.message), "approve", { user, before: again.message });
    const told = await events(conversationId);
    expect(told.map(({ type }) => type.replace(/^dev\.todo\.chat\.|\.v1$/g, ""))).toEqual([
      "conversation_started",
      "message_sent",
      "tool_used",
      "message_sent",
      "message_sent",
      "approval_asked",
      "approval_refused",
      "message_sent",
      "message_sent",
      "approval_asked",
      "approval_given",
      "tool_used",
      "message_sent",
    ]);
    expect(told.map((event) => (event as unknown as { aggregate_version: number }).aggregate_version)).toEqual(
      told.map((_, index) => index + 1),
    );
    expect(JSON.stringify(told.map(({ data }) => data))).not.toContain("unmentionables");
  });
});

describe("without tasks", () => {
  it("an answer says so in words, the message is kept, and chat goes on when tasks is back", async () => {
    const user = newUser();
    // The tools are known from here on.
    await say("hi", { user });
    await system().stopService("tasks");
    const said = await say("buy milk", { user });
    expect(said.status).toBe(200);
    expect(said.text).toMatch(/^That did not work: tasks cannot be reached just now\.$/);
    expect(toolsOf(said.message)).toMatchObject([{ state: "output-error", input: { title: "buy milk" } }]);
    const { conversationId } = said.message.metadata;
    expect(await messages(conversationId, user)).toHaveLength(2);
    expect((await say("hi", { user, conversationId })).text).toMatch(/^Hello!/);
  });
});
