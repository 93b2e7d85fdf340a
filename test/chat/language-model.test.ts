import { afterAll, describe, expect, it } from "@jest/globals";
import { eventually } from "#test/kit/support/harness";
import { type ScriptedLlm, scriptedLlm } from "./scripted-llm.ts";
import { chatSystem, textOf, toolsOf } from "./support.ts";

const llm: ScriptedLlm = await scriptedLlm();
const { say, messages, tasksOf, newUser, addTask, request, headersFor, system } = chatSystem({
  env: {
    chat: {
      LLM_BASE_URL: llm.url,
      LLM_MODEL: "scripted",
      HISTORY_TOKENS: "600",
      DAILY_TOKENS: "1000",
      DAILY_TURNS: "6",
    },
  },
  secrets: { "openai-api-key": "not a key" },
});
afterAll(() => llm.stop());

describe("a language model", () => {
  it("gets the tools and the conversation, and is streamed as it writes", async () => {
    const user = newUser();
    llm.script(
      { text: "I add it.", calls: [{ tool: "add_task", input: { title: "buy milk", due: "2026-11-19" } }] },
      { text: "Milk is on the list." },
    );
    const first = await say("milk tomorrow please", { user });
    expect(first.message.metadata).toMatchObject({ status: "done", model: "scripted" });
    expect(textOf(first.message)).toBe("I add it.\nMilk is on the list.");
    expect(first.chunks.filter(({ type }) => type === "text-delta").length).toBeGreaterThan(5);
    expect(toolsOf(first.message)).toMatchObject([{ output: { summary: "Added: Buy milk, due tomorrow" } }]);
    expect(llm.requests[0]?.tools?.map(({ function: { name } }) => name)).toContain("complete_matching_tasks");
    expect(JSON.stringify(llm.requests[0]?.messages[0])).toContain(
      "Wednesday, 18 November 2026 at 11:00 (Europe/Berlin)",
    );
    const { conversationId } = first.message.metadata;
    llm.script({ text: "You asked for milk." });
    await say("what did I ask for?", { user, conversationId });
    const [system_, ...history] = llm.requests[0]?.messages ?? [];
    expect(system_?.role).toBe("system");
    expect(history.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant", "user"]);
    expect((await messages(conversationId, user))[1]).toEqual(first.message);
  });

  it("reads as much of a long conversation as the budget holds, the newest", async () => {
    const user = newUser();
    let conversationId: string | undefined;
    for (const word of ["first", "second", "third"]) {
      llm.script({ text: "ok" });
      const said = await say(`${word} ${"x".repeat(500)}`, { user, ...(conversationId ? { conversationId } : {}) });
      conversationId = said.message.metadata.conversationId;
    }
    const seen = JSON.stringify(llm.requests[0]?.messages.slice(1));
    expect(seen).toContain("third");
    expect(seen).toContain("second");
    expect(seen).not.toContain("first");
  });

  it.each([
    ["is busy", { status: 429 }, /busy just now/],
    ["refuses the key", { status: 401 }, /refused the key/],
    ["fails", { status: 500 }, /could not answer/],
    ["breaks off", { text: "I will now ", cut: true }, /broke off/],
    ["talks nonsense", { raw: "data: {nonsense\n\n" }, /cannot be read|broke off|could not answer/],
  ])("that %s is an error in words, and nothing is lost", async (_, reply, words) => {
    const user = newUser();
    // The client asks once more where asking again may help.
    llm.script(reply, reply);
    const said = await say("hello", { user });
    expect(said.status).toBe(200);
    const notice = said.message.parts.find(({ type }) => type === "data-notice") as
      | { data?: { text: string } }
      | undefined;
    expect(notice?.data?.text).toMatch(words);
    expect(said.chunks.find(({ type }) => type === "error")).toMatchObject({ errorText: notice?.data?.text });
    expect(said.message.metadata.status).toBe("failed");
    const { conversationId } = said.message.metadata;
    const kept = await messages(conversationId, user);
    expect(kept.map(textOf)).toEqual(["hello", said.text]);
    llm.script({ text: "Hello again." });
    const again = await say("", { user, conversationId, body: { trigger: "regenerate-message" } });
    expect(again.text).toBe("Hello again.");
    expect((await messages(conversationId, user)).map(textOf)).toEqual(["hello", "Hello again."]);
  });

  it("that broke off after a tool leaves what the tool did, and says it", async () => {
    const user = newUser();
    llm.script({ calls: [{ tool: "add_task", input: { title: "kept" } }] }, { text: "I have", cut: true });
    const said = await say("add kept", { user });
    expect(toolsOf(said.message)).toMatchObject([{ output: { summary: "Added: Kept" } }]);
    expect(said.message.metadata.status).toBe("failed");
    expect(await tasksOf(user)).toHaveLength(1);
  });

  it("is stopped with the reader, and what it has said is kept as stopped", async () => {
    const user = newUser();
    const conversationId = "0190c000-0000-7000-8000-00000000aaaa";
    llm.script({ text: "This is a long story that", hangs: true });
    const stop = new AbortController();
    const response = await system().request("chat", "/v1/chat", {
      method: "POST",
      headers: await headersFor(user),
      body: JSON.stringify({ conversationId, message: { role: "user", parts: [{ type: "text", text: "tell me" }] } }),
      signal: stop.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let seen = ""; !seen.includes("that"); ) seen += (await reader?.read())?.value ?? "";
    const busy = await say("and now?", { user, conversationId });
    expect([busy.status, busy.problem.code]).toEqual([409, "conflict"]);
    const before = llm.abandoned();
    stop.abort();
    await eventually(async () => {
      const last = (await messages(conversationId, user)).at(-1);
      expect(last?.metadata.status).toBe("stopped");
      expect(textOf(last ?? ({ parts: [] } as never))).toBe("This is a long story that");
      expect(llm.abandoned()).toBe(before + 1);
    });
    llm.script({ text: "Fine." });
    expect((await say("never mind", { user, conversationId })).text).toBe("Fine.");
  });

  it("stops for the day when its tokens are used up, in the middle of an answer too", async () => {
    const user = newUser();
    await addTask({ title: "a" }, user);
    llm.script({ calls: [{ tool: "list_tasks", input: {} }], tokens: 1_200 });
    const said = await say("go on for long", { user });
    expect(said.message.metadata.status).toBe("failed");
    expect(JSON.stringify(said.message.parts)).toContain("used up the assistant for today");
    expect(llm.requests).toHaveLength(1);
    const refused = await say("more", { user });
    expect([refused.status, refused.problem.code]).toEqual([429, "too-many-requests"]);
    expect(Number(refused.headers.get("retry-after"))).toBe(14 * 3_600);
    expect(await tasksOf(user)).toHaveLength(1);
    expect((await request("GET", "/v1/conversations", { user })).status).toBe(200);
  });

  it("answers so many messages a day", async () => {
    const user = newUser();
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) {
      llm.script({ text: "ok" });
      statuses.push((await say("hi", { user })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
  });

  it("that is away is an error in words", async () => {
    const user = newUser();
    await llm.stop();
    const said = await say("hello", { user });
    expect(JSON.stringify(said.message.parts)).toContain("cannot be reached just now");
    expect((await messages(said.message.metadata.conversationId, user)).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
    ]);
  });
});
