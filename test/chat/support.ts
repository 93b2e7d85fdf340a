/** Chat and tasks running together, and what a browser behind the gateway says to them. */
import { afterAll, beforeAll, expect } from "@jest/globals";
import { readUIMessageStream, type UIMessage, type UIMessageChunk } from "ai";
import { CompiledQuery } from "kysely";
import type { PendingApproval } from "#contracts/http/chat";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { type ManualClock, manualClock } from "#kit/clock";
import { service as chat } from "#services/chat/service";
import { service as tasks } from "#services/tasks/service";
import { contextOf, type SystemOptions, startSystem, type TestSystem } from "#test/kit/support/harness";

export const NOW = "2026-11-18T10:00:00.000Z";

export interface Kept extends UIMessage {
  readonly metadata: { readonly status?: string; readonly model?: string; readonly conversationId: string };
}

/** What came back from a turn: the chunks as they came, and the message that a reader makes of them. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  /** Of an answer that is a problem. */
  readonly problem: { readonly code?: string; readonly detail?: string };
  readonly chunks: readonly UIMessageChunk[];
  readonly message: Kept;
  readonly text: string;
}

export interface ToolPartView {
  readonly type: string;
  readonly toolName: string;
  readonly toolCallId: string;
  readonly state: string;
  readonly input: Record<string, unknown>;
  readonly output?: { summary: string; result: Record<string, unknown>; undo: Record<string, unknown>[] };
  readonly errorText?: string;
  readonly approval?: { id: string; approved?: boolean; descriptor?: { summary: string; count: number } };
}

export const toolsOf = ({ parts }: UIMessage): ToolPartView[] =>
  parts.filter(({ type }) => type === "dynamic-tool") as unknown as ToolPartView[];

/** The approval that a message waits for; empty when there is none. */
export const askedIn = (message: UIMessage): string =>
  toolsOf(message).find(({ state }) => state === "approval-requested")?.approval?.id ?? "";

export const textOf = ({ parts }: UIMessage): string =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");

export interface SayInit {
  readonly user?: string;
  readonly conversationId?: string;
  readonly body?: Record<string, unknown>;
  readonly signal?: AbortSignal;
}

export function chatSystem(options: SystemOptions = {}) {
  const clock: ManualClock = manualClock(NOW);
  let system: TestSystem | undefined;
  let users = 0;
  const running = (): TestSystem => {
    if (!system) throw new Error("the services are not running");
    return system;
  };
  const context = () => contextOf(running(), chat);
  beforeAll(async () => {
    system = await startSystem([tasks, chat], { clock, ...options });
    await keepPublished();
  });
  afterAll(() => system?.stop());

  /** What was published leaves the table: a trigger keeps what the tests want to see. */
  async function keepPublished(): Promise<void> {
    for (const statement of [
      "create table published (like outbox)",
      `create function keep_event() returns trigger language plpgsql as
        $$ begin insert into published select new.*; return null; end $$`,
      "create trigger keep_event after insert on outbox for each row execute function keep_event()",
    ]) {
      await context().db.executeQuery(CompiledQuery.raw(statement));
    }
  }

  const headersFor = async (user: string, approval?: string): Promise<Record<string, string>> => {
    const act = { audience: "tasks", act: "chat" } as const;
    const turn = await running().tokenFor(user, act);
    return {
      authorization: `Bearer ${await running().tokenFor(user, { audience: "chat" })}`,
      "content-type": "application/json",
      "x-tasks-token": approval ? await running().tokenFor(user, { ...act, approval }) : turn,
      ...(approval ? { "x-tasks-turn-token": turn } : {}),
    };
  };

  async function request(method: string, path: string, init: { user?: string; body?: unknown } = {}) {
    const { user = "alice", body } = init;
    const response = await running().request("chat", path, {
      method,
      headers: await headersFor(user),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json") && text !== "" && !text.includes("\n");
    return {
      status: response.status,
      text,
      body: (json ? JSON.parse(text) : undefined) as never,
      headers: response.headers,
    };
  }

  async function say(text: string, init: SayInit = {}): Promise<Said> {
    const { user = "alice", conversationId, body, signal } = init;
    const response = await running().request("chat", "/v1/chat", {
      method: "POST",
      headers: await headersFor(user),
      body: JSON.stringify({
        ...(conversationId ? { conversationId } : {}),
        ...(body ?? { message: { role: "user", parts: [{ type: "text", text }] } }),
      }),
      ...(signal ? { signal } : {}),
    });
    return read(response);
  }

  async function decide(id: string, decision: "approve" | "reject", init: { user?: string; before?: UIMessage } = {}) {
    const { user = "alice", before } = init;
    const response = await running().request("chat", `/v1/approvals/${id}`, {
      method: "POST",
      headers: await headersFor(user, decision === "approve" ? id : undefined),
      body: JSON.stringify({ decision }),
    });
    return read(response, before);
  }

  const messages = async (conversationId: string, user = "alice"): Promise<Kept[]> => {
    const { status, text } = await request("GET", `/v1/conversations/${conversationId}/messages`, { user });
    expect(status).toBe(200);
    return JSON.parse(text) as Kept[];
  };

  return {
    clock,
    system: running,
    context,
    headersFor,
    request,
    say,
    decide,
    messages,
    newUser: (): string => `user-${++users}`,
    approvals: async (user = "alice"): Promise<PendingApproval[]> =>
      (JSON.parse((await request("GET", "/v1/approvals", { user })).text) as { items: PendingApproval[] }).items,
    /** Straight at tasks, as the user's own screen does. */
    addTask: async (task: Record<string, unknown>, user = "alice"): Promise<Task> => {
      const token = await running().tokenFor(user, { audience: "tasks" });
      const response = await running().request("tasks", "/v1/tasks", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ title: "a task", ...task }),
      });
      expect(response.status).toBe(201);
      return (await response.json()) as Task;
    },
    tasksOf: async (user = "alice", query = "status=all&sort=created"): Promise<Task[]> => {
      const token = await running().tokenFor(user, { audience: "tasks" });
      const headers = { authorization: `Bearer ${token}` };
      return ((await (await running().request("tasks", `/v1/tasks?${query}`, { headers })).json()) as TaskPage).items;
    },
    /** Sends what a card's undo says, as the user. */
    undo: async (steps: readonly Record<string, unknown>[], user = "alice"): Promise<void> => {
      const token = await running().tokenFor(user, { audience: "tasks" });
      for (const { method, path, body, version } of steps) {
        const response = await running().request("tasks", String(path), {
          method: String(method),
          headers: {
            authorization: `Bearer ${token}`,
            ...(body ? { "content-type": "application/json" } : {}),
            ...(version ? { "if-match": `"${version}"` } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        expect(response.status).toBeLessThan(300);
      }
    },
    events: async (conversationId: string) => {
      const { rows } = await context().db.executeQuery<{
        type: string;
        data: Record<string, unknown>;
        user_id: string;
      }>(CompiledQuery.raw("select * from published where key = $1 order by id", [conversationId]));
      return rows;
    },
  };
}

/** Reads a stream as `useChat` does: with the SDK's own reader. @param before the message that goes on */
export async function read(response: Response, before?: UIMessage): Promise<Said> {
  const base = { status: response.status, headers: response.headers };
  const body = await response.text();
  if (response.status !== 200) {
    return { ...base, problem: JSON.parse(body) as Said["problem"], chunks: [], message: {} as Kept, text: "" };
  }
  const events = body.split("\n\n").filter((event) => event.startsWith("data: "));
  expect(events.at(-1)).toBe("data: [DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)) as UIMessageChunk);
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  let message: UIMessage | undefined;
  const states = readUIMessageStream({
    stream,
    ...(before ? { message: structuredClone(before) } : {}),
    onError: () => {},
  });
  for await (const state of states) message = state;
  const read = JSON.parse(JSON.stringify(message)) as Kept;
  return { ...base, problem: {}, chunks, message: read, text: textOf(read) };
}
