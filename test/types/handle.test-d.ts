/** What must not compile in a service's code. Every `@ts-expect-error` fails the type check when its mistake starts to compile. */
import type { Kysely, Transaction } from "kysely";
import * as z from "zod/mini";
import { httpApi, json, operation } from "#contracts/http/define";
import { httpApis } from "#contracts/http/index";
import { database } from "#kit/database/database";
import { defineService, type ServiceContext } from "#kit/define-service";
import { createHandle, type HandlePorts } from "#kit/handle";
import type { KitTables } from "#kit/kit-tables";
import { todo } from "#system";
import { notesApi } from "#test/kit/support/sample";

declare const ports: HandlePorts;
declare const trx: Transaction<KitTables>;
declare const db: Kysely<KitTables>;

const apis = { tasks: notesApi, audit: notesApi } as const;
const chat = createHandle(todo, apis, "chat", ports);
const recurring = createHandle(todo, apis, "recurring", ports);
const realtime = createHandle(todo, apis, "realtime", ports);
const notifications = createHandle(todo, apis, "notifications", ports);

const conversationId = "0192a1b2-0000-7000-8000-000000000001";
const about = { userId: "u", aggregateVersion: 1 };

chat.publish(trx, "chat-events", { ...about, type: "dev.todo.chat.conversation_started.v1", data: { conversationId } });

// @ts-expect-error chat does not publish task-events
chat.publish(trx, "task-events", { ...about, type: "dev.todo.task.reopened.v1", data: { taskId: conversationId } });

// @ts-expect-error nobody publishes dead letters by hand
chat.publish(trx, "dead-letters", {
  ...about,
  type: "dev.todo.chat.conversation_started.v1",
  data: { conversationId },
});

// @ts-expect-error the type is not on this topic
chat.publish(trx, "chat-events", { ...about, type: "dev.todo.task.created.v1", data: { conversationId } });

// @ts-expect-error the data is another type's
chat.publish(trx, "chat-events", { ...about, type: "dev.todo.chat.message_sent.v1", data: { conversationId } });

// @ts-expect-error an event outside a transaction could be lost
chat.publish(db, "chat-events", { ...about, type: "dev.todo.chat.conversation_started.v1", data: { conversationId } });

// @ts-expect-error whose event it is must be said
chat.publish(trx, "chat-events", { type: "dev.todo.chat.conversation_started.v1", data: { conversationId } });

// @ts-expect-error recurring publishes nothing
recurring.publish(trx, "task-events", { ...about, type: "dev.todo.task.reopened.v1", data: {} });

chat.invoke.tasks.create({ body: { text: "x" }, idempotencyKey: "k" });

// @ts-expect-error chat does not invoke audit
chat.invoke.audit.create({ body: { text: "x" }, idempotencyKey: "k" });

// @ts-expect-error tasks has no such operation
chat.invoke.tasks.destroy({});

// @ts-expect-error the body is not what the contract says
chat.invoke.tasks.create({ body: { txt: "x" }, idempotencyKey: "k" });

// @ts-expect-error the idempotency key is required
chat.invoke.tasks.create({ body: { text: "x" } });

// @ts-expect-error the version is required
chat.invoke.tasks.change({ params: { id: "x" }, body: { text: "x" } });

chat.secrets.get("openai-api-key");

// @ts-expect-error another service's secret
chat.secrets.get("session-secret");

realtime.state.get("ticket");

// @ts-expect-error chat stores no state
chat.state.get("ticket");

notifications.jobs.schedule("reminder", "1", { dueTime: new Date() });

// @ts-expect-error a job that is not declared
notifications.jobs.schedule("sweep", "1", { dueTime: new Date() });

// @ts-expect-error chat has no jobs
chat.jobs.schedule("reminder", "1", { dueTime: new Date() });

// @ts-expect-error no such service
createHandle(todo, httpApis, "chats", ports);

declare const context: ServiceContext<"recurring", Record<never, never>, Record<never, never>>;

context.subscribe("task-events", { "dev.todo.task.completed.v1": async ({ data }) => void data.task.recurrence });

// @ts-expect-error recurring does not subscribe to it
context.subscribe("chat-events", {});

// @ts-expect-error a misspelt event type
context.subscribe("task-events", { "dev.todo.task.complete.v1": async () => {} });

// @ts-expect-error recurring has no cron binding
context.onCron("reminder-sweep", async () => {});

// @ts-expect-error no such service in src/system.ts
defineService("recuring", { database: database({ migrations: {} }), setup: () => {} });

const api = httpApi({
  service: "tasks",
  title: "T",
  version: "1",
  operations: {
    read: operation({
      method: "get",
      path: "/v1/x",
      summary: "x",
      responses: { 200: json(z.object({ a: z.string() })) },
    }),
  },
});

context.serve(api, { read: () => ({ status: 200, body: { a: "x" } }) });

// @ts-expect-error an operation without a handler
context.serve(api, {});

// @ts-expect-error a status that is not declared
context.serve(api, { read: () => ({ status: 204 }) });

// @ts-expect-error a body that is not what the contract says
context.serve(api, { read: () => ({ status: 200, body: { a: 1 } }) });

// @ts-expect-error the path has a name that params misses
operation({ method: "get", path: "/v1/x/:id", summary: "x", responses: {} });

// @ts-expect-error params has a name that the path misses
operation({ method: "get", path: "/v1/x", summary: "x", params: z.object({ id: z.string() }), responses: {} });
