/** A small service on the kit, under a name of the model: notes that are written, listed, published and received. */
import { sql } from "kysely";
import * as z from "zod/mini";
import { taskEvents } from "#contracts/events/index";
import { empty, httpApi, json, operation, stream } from "#contracts/http/define";
import { uuid } from "#contracts/primitives";
import type { Task } from "#contracts/task";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import { AppError, notFound } from "#kit/errors";
import { PoisonError } from "#kit/inbox/subscriber";
import { eraseUser, guardUser } from "#kit/tombstones";

export const note = z.object({ id: uuid, text: z.string(), version: z.int() });

const nested = z.object({
  text: z.string().check(z.minLength(1), z.maxLength(50)),
  inner: z.optional(z.object({ n: z.int() })),
});

export const notesApi = httpApi({
  service: "tasks",
  title: "Notes",
  version: "1.0.0",
  schemas: { Note: note },
  operations: {
    create: operation({
      method: "post",
      path: "/v1/notes",
      summary: "Write a note",
      body: nested,
      idempotencyKey: "required",
      responses: { 201: json(note, { etag: true }) },
    }),
    list: operation({
      method: "get",
      path: "/v1/notes",
      summary: "List notes",
      query: z.object({
        limit: z._default(z.coerce.number().check(z.minimum(1), z.maximum(100)), 20),
        tag: z.optional(z.array(z.string())),
      }),
      responses: { 200: json(z.object({ notes: z.array(note), limit: z.number(), tags: z.array(z.string()) })) },
    }),
    change: operation({
      method: "patch",
      path: "/v1/notes/:id",
      summary: "Change a note",
      params: z.object({ id: uuid }),
      body: nested,
      ifMatch: "required",
      responses: { 200: json(note, { etag: true }) },
      errors: ["not-found", "version-mismatch"],
    }),
    remove: operation({
      method: "delete",
      path: "/v1/notes/:id",
      summary: "Remove a note",
      params: z.object({ id: uuid }),
      responses: { 204: empty() },
    }),
    export: operation({
      method: "get",
      path: "/v1/export",
      summary: "Everything, line by line",
      query: z.object({ lines: z.coerce.number() }),
      responses: { 200: stream("application/x-ndjson") },
    }),
    leak: operation({
      method: "get",
      path: "/v1/leak",
      summary: "Answers more than it declares",
      public: true,
      responses: { 200: json(z.object({ id: z.string() })) },
    }),
    fail: operation({
      method: "post",
      path: "/v1/fail",
      summary: "Fails as it is told",
      public: true,
      body: z.object({ how: z.enum(["bug", "unprocessable", "unavailable"]) }),
      responses: { 204: empty() },
      errors: ["unprocessable", "unavailable"],
    }),
    whoCalls: operation({
      internal: true,
      method: "get",
      path: "/internal/caller",
      summary: "Tell a service its name",
      responses: { 200: json(z.object({ service: z.string() })) },
    }),
  },
});

interface Tables {
  readonly notes: { readonly id: string; readonly user_id: string; readonly text: string; readonly version: number };
  readonly effects: { readonly event_id: string; readonly type: string; readonly version: number };
}

/** What the tests look into. */
export const behaviour = { fail: 0, poison: false, delayMs: 0, seen: [] as string[] };

export const sample = defineService("tasks", {
  database: database<Tables>({
    migrations: {
      "0001_notes": {
        up: async (db) => {
          await sql`create table notes (id uuid primary key, user_id text not null, text text not null, version int not null)`.execute(
            db,
          );
          await sql`create table effects (event_id text not null, type text not null, version int not null)`.execute(
            db,
          );
        },
      },
    },
  }),
  setup: ({ serve, subscribe, transaction, handle, ids, db, clock }) => {
    serve(notesApi, {
      create: async ({ body, principal }) => {
        const id = ids.next();
        await transaction(async (trx) => {
          await guardUser(trx, principal.userId);
          await trx
            .insertInto("notes")
            .values({ id, user_id: principal.userId, text: body.text, version: 1 })
            .execute();
          await handle.publish(trx, "task-events", {
            type: "dev.todo.task.created.v1",
            userId: principal.userId,
            aggregateVersion: 1,
            data: { taskId: id, task: taskOf(id, body.text, clock.now()) },
          });
        });
        return { status: 201, body: { id, text: body.text, version: 1 }, etag: "1" };
      },
      list: async ({ query, principal }) => {
        const notes = await db
          .selectFrom("notes")
          .selectAll()
          .where("user_id", "=", principal.userId)
          .limit(query.limit)
          .execute();
        return { status: 200, body: { notes, limit: query.limit, tags: query.tag ?? [] } };
      },
      change: async ({ params, body, ifMatch, principal }) => {
        const found = await db
          .selectFrom("notes")
          .selectAll()
          .where("id", "=", params.id)
          .where("user_id", "=", principal.userId)
          .executeTakeFirst();
        if (!found) throw notFound("note");
        if (String(found.version) !== ifMatch) throw new AppError("version-mismatch");
        const version = found.version + 1;
        await db.updateTable("notes").set({ text: body.text, version }).where("id", "=", params.id).execute();
        return { status: 200, body: { ...found, text: body.text, version }, etag: String(version) };
      },
      remove: async () => ({ status: 204 }),
      export: ({ query }) => ({ status: 200, stream: lines(query.lines) }),
      leak: () => ({ status: 200, body: { id: "1", secret: "of the row" } as { id: string } }),
      fail: async ({ body }) => {
        if (body.how === "bug") throw new Error("a bug with a secret in it");
        throw new AppError(body.how, "as it was told");
      },
      whoCalls: ({ principal }) => ({ status: 200, body: { service: principal.service } }),
    });
    subscribe("reminders", {
      "dev.todo.reminder.scheduled.v1": async (event, { transaction: trx }) => {
        behaviour.seen.push(event.id);
        if (behaviour.poison) throw new PoisonError("this one never works");
        await trx
          .insertInto("effects")
          .values({ event_id: event.id, type: event.type, version: event.aggregateversion })
          .execute();
        if (behaviour.fail > 0) {
          behaviour.fail--;
          throw new Error("the handler failed", { cause: new Error("for a reason") });
        }
      },
    });
    subscribe(
      "user-events",
      {
        "dev.todo.user.deleted.v1": async (event, { transaction: trx }) => {
          await eraseUser(trx, event.data.userId, new Date(event.data.deletedAt));
          await trx.deleteFrom("notes").where("user_id", "=", event.data.userId).execute();
        },
      },
      { order: "all" },
    );
  },
});

function lines(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (sent >= count) return controller.close();
      if (behaviour.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs));
      controller.enqueue(new TextEncoder().encode(`${JSON.stringify({ line: ++sent })}\n`));
    },
  });
}

export const taskOf = (id: string, title: string, now: Date): Task => ({
  id,
  number: 1,
  title,
  notes: "",
  status: "open",
  priority: "p4",
  tags: [],
  due: null,
  deadline: null,
  timeZone: "UTC",
  recurrence: null,
  reminder: null,
  predecessorId: null,
  version: 1,
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  completedAt: null,
});

export const createdType = taskEvents.types[0];

/** A complete CloudEvent of the `reminders` topic. */
export const reminderEvent = (
  id: string,
  taskId: string,
  version: number,
  userId = "user-1",
  type = "dev.todo.reminder.scheduled.v1",
) => ({
  specversion: "1.0",
  id,
  source: "/todo/tasks",
  type,
  time: "2026-11-18T10:00:00.000Z",
  subject: taskId,
  partitionkey: taskId,
  datacontenttype: "application/json",
  userid: userId,
  aggregateversion: version,
  data: { taskId, reminderId: taskId, taskVersion: version, fireAt: "2026-11-19T10:00:00.000Z", title: "Pay the rent" },
});
