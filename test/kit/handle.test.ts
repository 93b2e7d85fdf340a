import { describe, expect, it } from "@jest/globals";
import { createHandle } from "#kit/handle";
import type { Sidecar } from "#kit/sidecar/port";
import { todo } from "#system";
import { notesApi } from "./support/sample.ts";

/** A sidecar that remembers what it was asked; the handle must ask it for nothing that the entry does not list. */
function recorder() {
  const calls: string[] = [];
  const sidecar: Sidecar = {
    publish: async (topic) => void calls.push(`publish ${topic}`),
    invoke: async (service, path) => {
      calls.push(`invoke ${service} ${path}`);
      return new Response(null, { status: 204 });
    },
    state: { get: async () => undefined, set: async () => true, delete: async () => true },
    secret: async (name) => {
      calls.push(`secret ${name}`);
      return name === "openai-api-key" ? undefined : { [name]: `value of ${name}` };
    },
    jobs: {
      schedule: async (name) => void calls.push(`schedule ${name}`),
      delete: async (name) => void calls.push(`delete ${name}`),
    },
    healthy: async () => true,
    close: async () => {},
  };
  return { calls, ports: { sidecar, append: async (_: unknown, topic: string) => void calls.push(`append ${topic}`) } };
}

/** As a caller without types would. */
// biome-ignore lint/suspicious/noExplicitAny: what types refuse is called here on purpose
const untyped = (handle: unknown): any => handle;

describe("a handle", () => {
  it("does what the entry lists", async () => {
    const { calls, ports } = recorder();
    const chat = createHandle(todo, { tasks: notesApi }, "chat", ports);
    await chat.invoke.tasks.remove({ params: { id: "x" } });
    await untyped(chat).publish({}, "chat-events", {});
    const notifications = createHandle(todo, {}, "notifications", ports);
    await notifications.jobs.schedule("reminder", "7", { dueTime: new Date() });
    expect(await notifications.secrets.get("webhook-signing-key")).toBe("value of webhook-signing-key");
    expect(calls).toEqual([
      "invoke tasks /v1/notes/x",
      "append chat-events",
      "schedule reminder-7",
      "secret webhook-signing-key",
    ]);
  });

  it("throws for everything else, before anything leaves the process", async () => {
    const { calls, ports } = recorder();
    const chat = untyped(createHandle(todo, { tasks: notesApi, audit: notesApi }, "chat", ports));
    await expect(chat.publish({}, "task-events", {})).rejects.toThrow(
      'chat does not declare that it publishes "task-events"; its entry in src/system.ts lists: chat-events',
    );
    expect(() => chat.invoke.audit).toThrow('chat does not declare that it invokes "audit"');
    await expect(chat.secrets.get("session-secret")).rejects.toThrow(
      'chat does not declare the secret "session-secret"',
    );
    expect(() => chat.state).toThrow("UndeclaredError: chat does not declare".slice(17));
    expect(() => chat.jobs).toThrow("chat does not declare");
    const notifications = untyped(createHandle(todo, {}, "notifications", ports));
    await expect(notifications.jobs.schedule("sweep", "1", {})).rejects.toThrow('the job "sweep"');
    expect(calls).toEqual([]);
  });

  it("gives undefined for an optional secret that nobody gave, and throws for one that must be there", async () => {
    const { ports } = recorder();
    expect(await createHandle(todo, {}, "chat", ports).secrets.get("openai-api-key")).toBeUndefined();
    const empty = { ...ports, sidecar: { ...ports.sidecar, secret: async () => undefined } };
    await expect(createHandle(todo, {}, "gateway", empty).secrets.get("session-secret")).rejects.toThrow("seed it");
  });

  it("can be awaited and printed like any object", async () => {
    const { ports } = recorder();
    const chat = createHandle(todo, {}, "chat", ports);
    expect(await Promise.resolve(chat)).toBe(chat);
    expect(String(Object.keys(chat))).toContain("publish");
  });
});
