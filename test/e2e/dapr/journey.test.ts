/**
 * Somebody's day with the product on real sidecars, three brokers and Valkey, all on the documents that are rendered for `dev`;
 * and the traffic that it makes, which is the model's and no other.
 */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { AuditPage, Verification } from "#contracts/http/audit";
import type { NotificationPage } from "#contracts/http/notifications";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { deadLetterTopicOf } from "#model/system";
import { todo } from "#system";
import { eventually } from "#test/kit/support/harness";
import { Client } from "#test/realtime/client";
import { type Person, signUp } from "#test/system/person";
import { errorsOf } from "#test/system/support";
import { answeredCalls, declaredGraph, observedGraph } from "./observed-graph.ts";
import { type RealProduct, startRealProduct } from "./product.ts";
import { collectSpans, type SpanCollector } from "./spans.ts";

let spans: SpanCollector;
let product: RealProduct;
let ada: Person;
let screen: Client;

beforeAll(async () => {
  spans = await collectSpans();
  // Services that export nothing call their traces not worth recording, and sidecars keep to that.
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: spans.otlpUrl };
  product = await startRealProduct({ frontend: true, environment }, { spans: spans.zipkinUrl });
  ada = await signUp(product.origin);
}, 300_000);
afterAll(async () => {
  await screen?.cut();
  await product?.stop();
  await spans?.stop();
}, 90_000);

/** Kafka's groups find their partitions while the first events already wait for them. */
const PATIENCE_MS = 40_000;

const tasks = async (): Promise<readonly Task[]> => (await ada.get<TaskPage>("/api/v1/tasks")).body.items;
const events = async (): Promise<AuditPage["items"]> => (await ada.get<AuditPage>("/api/v1/audit/events")).body.items;
const typesOf = async (taskId: string): Promise<string[]> =>
  (await events()).filter((event) => event.taskId === taskId).map(({ type }) => type.replace("dev.todo.", ""));
const shows =
  ({ id }: Task) =>
  ({ events: seen }: Client): boolean =>
    seen.some(({ type, data }) => type === "dev.todo.screen.task_changed.v1" && data.task.id === id);

describe("a day with the product on real sidecars", () => {
  let soon: Task;
  let rent: Task;

  it("asks for a reminder in a moment, and goes on with other things", async () => {
    const due = new Date(Date.now() + 62_000).toISOString().slice(0, 16);
    const answer = await ada.post<Task>("/api/v1/tasks", {
      title: "call the bank",
      timeZone: "UTC",
      due,
      reminder: { minutesBefore: 0 },
    });
    expect([answer.status, answer.body]).toMatchObject([201, { number: 1, reminder: { minutesBefore: 0 } }]);
    soon = answer.body;
  });

  it("opens a page, which the front end makes of what it asks the gateway", async () => {
    const page = await ada.send({ method: "GET", path: "/", headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
  });

  it("connects a screen with a ticket that is kept in Valkey", async () => {
    const { status, body } = await ada.post<{ ticket: string }>("/api/v1/realtime/tickets");
    expect(status).toBe(201);
    const address = `${product.origin.replace("http:", "ws:")}/ws?ticket=${body.ticket}`;
    screen = await new Client(address, { origin: product.origin }).ready();
    expect(screen.frames).toMatchObject([{ type: "ready" }]);
    const again = new Client(address, { origin: product.origin });
    expect(await again.closed).not.toBe(1000);
  });

  it(
    "tells the assistant what is to be done, and sees it on the screen",
    async () => {
      const turn = await ada.say("pay the rent every 1st, remind me the day before");
      expect([turn.status, turn.text]).toEqual([200, expect.stringMatching(/^Added: Pay the rent, every 1st/)]);
      rent = (await tasks()).find(({ title }) => title === "pay the rent") as Task;
      expect(rent).toMatchObject({ number: 2, recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1" } });
      await screen.until(shows(rent));
    },
    PATIENCE_MS,
  );

  it(
    "completes it and gets the next one, exactly one, however often it is undone",
    async () => {
      expect((await ada.post<Task>(`/api/v1/tasks/${rent.id}/complete`)).body.status).toBe("completed");
      const successors = async () => (await tasks()).filter(({ predecessorId }) => predecessorId === rent.id);
      const [next] = await eventually(async () => {
        const found = await successors();
        expect(found).toHaveLength(1);
        return found;
      }, PATIENCE_MS);
      await screen.until(shows(next as Task));
      await ada.post(`/api/v1/tasks/${rent.id}/reopen`);
      await ada.post(`/api/v1/tasks/${rent.id}/complete`);
      await eventually(async () => {
        expect((await typesOf(rent.id)).filter((type) => type === "task.completed.v1")).toHaveLength(2);
        expect(await successors()).toHaveLength(1);
      }, PATIENCE_MS);
    },
    2 * PATIENCE_MS,
  );

  it(
    "reads what happened, in a chain that verifies",
    async () => {
      await eventually(async () => {
        expect((await events()).map(({ type }) => type)).toEqual(
          expect.arrayContaining([
            "dev.todo.user.created.v1",
            "dev.todo.chat.tool_used.v1",
            "dev.todo.task.recurring_task_created.v1",
            "dev.todo.reminder.scheduled.v1",
          ]),
        );
      }, PATIENCE_MS);
      await eventually(async () => {
        const { body } = await ada.get<Verification>("/api/v1/audit/verification");
        expect(body).toMatchObject({ valid: true, pending: 0, breaks: [], events: (await events()).length });
      }, PATIENCE_MS);
    },
    2 * PATIENCE_MS,
  );

  it("is reminded by a job of Dapr's scheduler, once and not early", async () => {
    const due = new Date(`${soon.due}:00Z`);
    const { items } = await eventually(async () => {
      const { body } = await ada.get<NotificationPage>("/api/v1/notifications");
      expect(body.items).toHaveLength(1);
      return body;
    }, 90_000);
    expect(items[0]).toMatchObject({ taskId: soon.id, title: "call the bank" });
    expect(new Date(items[0]?.sentAt ?? 0).getTime()).toBeGreaterThanOrEqual(due.getTime());
    await screen.until(({ events: seen }) => seen.some(({ type }) => type === "dev.todo.screen.notification_added.v1"));
    await eventually(async () => expect(await typesOf(soon.id)).toContain("reminder.sent.v1"), PATIENCE_MS);
    expect(screen.seqs).toEqual(screen.seqs.map((_, index) => (screen.seqs[0] ?? 0) + index));
  }, 150_000);

  it("left no error in any log, and no event that could not be processed", async () => {
    expect(errorsOf(product)).toEqual([]);
    const admin = product.sidecars.platform.kafka.clientOf("admin").admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(deadLetterTopicOf(todo)[0]);
    await admin.disconnect();
    expect(offsets.map(({ high }) => high)).toEqual(offsets.map(() => "0"));
  });
});

describe("the traffic that it made", () => {
  it("is the model's, each edge of it and no other", async () => {
    await eventually(() => expect(observedGraph(spans.ofSidecars)).toEqual(declaredGraph(todo)), PATIENCE_MS);
  }, 60_000);

  it("was let in by the callees' sidecars, from those that the model names", async () => {
    await eventually(() => expect(answeredCalls(spans.ofSidecars)).toEqual(declaredGraph(todo).calls), PATIENCE_MS);
  }, 60_000);

  it("is one trace from the click to the next task and all who hear of it", async () => {
    const completed = spans.ofSidecars.find(({ name, service }) => service === "gateway" && name.endsWith("/complete"));
    await eventually(() => {
      const inTrace = spans.ofSidecars.filter(({ traceId }) => traceId === completed?.traceId);
      const services = [...new Set(inTrace.map(({ service }) => service))].sort();
      expect(services).toEqual(["audit", "gateway", "notifications", "realtime", "recurring", "tasks"]);
    }, PATIENCE_MS);
  }, 60_000);
});
