/**
 * `npm run topics -- replay` where real sidecars publish, deliver and give up: two consumers take events as the kit does, with
 * inboxes in PostgreSQL, under the very Subscriptions and Resiliency that the model renders for them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import kafkajs, { type Admin, type Kafka as Client } from "kafkajs";
import { daprPoliciesOf } from "#constructs/dapr-policies";
import { taskEvents } from "#contracts/events/index";
import { environments } from "#environments";
import { type Connection, connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { PoisonError, subscriber } from "#kit/inbox/subscriber";
import { createLog } from "#kit/telemetry/log";
import { createMetrics } from "#kit/telemetry/metrics";
import { components, schemaName } from "#model/names";
import { todo } from "#system";
import { taskEvent, taskOf } from "#test/audit/support";
import { type Daprd, freePorts, type Kafka, startDaprd, startKafka, temporaryFolder } from "#test/engines/index";
import { testDatabase } from "#test/kit/support/postgres";
import { partitionOf } from "#topics/partition";
import { inOrder, type TopicRecord } from "#topics/read-ranges";
import { createTopics, declared, type Ran, topics } from "./support.ts";

const TOPIC = "task-events";
const consumers = ["recurring", "audit"] as const;
type Consumer = (typeof consumers)[number];

interface Effect {
  readonly id: string;
  readonly taskId: string;
  readonly version: number;
  readonly replayId: string | undefined;
}

const folder = temporaryFolder("replay");
const log = createLog({ service: "test", level: "silent" });
const effects: Record<Consumer, Effect[]> = { recurring: [], audit: [] };
const connections: Connection<unknown>[] = [];
const servers: ServerType[] = [];
const sidecars = new Map<Consumer, Daprd>();
let urls: Readonly<Record<Consumer, string>>;
let isBroken = false;
let kafka: Kafka;
let client: Client;
let admin: Admin;

/** The consumer's end of its sidecar, on the kit's own inbox. */
async function startConsumer(name: Consumer): Promise<void> {
  await migrate(urls[name], schemaName(name), {}, { applicationName: "test", onError: () => {} });
  const connection = connect<unknown>(urls[name], { applicationName: "test", onError: () => {} });
  connections.push(connection);
  const handler = async (event: { id: string; subject: string; aggregateversion: number }, replayId?: string) => {
    if (isBroken && name === "recurring") throw new PoisonError("the calendar is torn");
    effects[name].push({ id: event.id, taskId: event.subject, version: event.aggregateversion, replayId });
  };
  const deliver = subscriber({
    db: connection.db,
    topic: TOPIC,
    contract: taskEvents,
    handlers: Object.fromEntries(
      taskEvents.types.map((type) => [type, (event, { replayId }) => handler(event, replayId)]),
    ),
    options: name === "audit" ? { order: "all", replays: "accept", erased: true } : {},
    metrics: createMetrics(),
    log,
    onCommit: () => {},
  });
  const app = new Hono().post("/events/:topic", async (c) => c.json({ status: await deliver(await c.req.json()) }));
  const [appPort] = await freePorts(1);
  servers.push(serve({ fetch: app.fetch, hostname: "127.0.0.1", port: appPort }));

  const resources = join(folder.path, name);
  mkdirSync(resources);
  const write = (file: string, kind: string, version: string, rest: object): void => {
    const document = { apiVersion: `dapr.io/${version}`, kind, metadata: { name: file }, ...rest };
    writeFileSync(join(resources, `${file}.yaml`), JSON.stringify(document));
  };
  const { resiliency, subscriptions } = daprPoliciesOf(todo, environments.dev, name);
  write("resiliency", "Resiliency", "v1alpha1", { spec: resiliency });
  write(TOPIC, "Subscription", "v2alpha1", { spec: subscriptions.get(TOPIC) });
  const metadata = {
    brokers: kafka.bootstrap.join(","),
    authType: "none",
    version: "4.2.0",
    initialOffset: "oldest",
  };
  write(components.pubsub, "Component", "v1alpha1", {
    spec: {
      type: "pubsub.kafka",
      version: "v1",
      metadata: Object.entries(metadata).map(([key, value]) => ({ name: key, value })),
    },
  });
  sidecars.set(name, await startDaprd({ appId: name, appPort, resources: [resources] }));
}

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: [...kafka.bootstrap], logLevel: kafkajs.logLevel.NOTHING });
  admin = client.admin();
  await admin.connect();
  await createTopics(admin, declared.topics);
  urls = await testDatabase(...consumers);
  for (const name of consumers) await startConsumer(name);
}, 240_000);

afterAll(async () => {
  await Promise.all([...sidecars.values()].map((sidecar) => sidecar.stop()));
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  await Promise.all(connections.map((connection) => connection.close()));
  await admin?.disconnect();
  await kafka?.stop();
  folder.remove();
}, 60_000);

beforeEach(() => {
  isBroken = false;
  for (const name of consumers) effects[name] = [];
});

async function publish(event: { partitionkey: string }): Promise<void> {
  const { url } = sidecars.get("audit") as Daprd;
  const response = await fetch(
    `${url}/v1.0/publish/${components.pubsub}/${TOPIC}?metadata.partitionKey=${event.partitionkey}`,
    {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json" },
      body: JSON.stringify(event),
    },
  );
  expect(response.status).toBe(204);
}

/** Three versions of each of `tasks` tasks, all published. */
async function publishVersions(tasks: number) {
  const events = [];
  for (let i = 0; i < tasks; i++) {
    const task = taskOf();
    for (const version of [1, 2, 3]) {
      events.push(taskEvent(version === 1 ? "created" : "updated", { ...task, version }));
    }
  }
  for (const event of events) await publish(event);
  return events;
}

async function until(check: () => Promise<void> | void): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const ids = (of: readonly { id: string }[]): string[] => of.map(({ id }) => id).sort();

async function endOf(topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

async function everything(topic: string): Promise<TopicRecord[]> {
  const consumer = client.consumer({ groupId: `test-${Date.now()}` });
  const records: TopicRecord[] = [];
  const total = await endOf(topic);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message: { key, value, offset, timestamp, headers = {} } }) => {
      const own = Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, String(each)]));
      records.push({
        ...{ topic, partition, key, value, headers: own },
        ...{ offset: BigInt(offset), timestamp: Number(timestamp) },
      });
    },
  });
  await until(() => expect(records).toHaveLength(total));
  await consumer.disconnect();
  return inOrder(records);
}

const replay = (...args: string[]): Promise<Ran> =>
  topics(["replay", "--env", "dev", "--brokers", kafka.bootstrap.join(","), ...args]);

interface Report {
  readonly replayId: string;
  readonly events: number;
  readonly sent: number;
  readonly leftOut: Readonly<Record<string, number>>;
  readonly counts: readonly { readonly taken: string[]; readonly refusing: string[]; readonly events: number }[];
  readonly deadLetters?: readonly { readonly id: string; readonly reason: string | null; readonly topic: string }[];
}

async function report(...args: string[]): Promise<Report> {
  const { code, out, err } = await replay(...args, "--json");
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as Report;
}

/** Long enough for a delivery that should not come. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 3_000));

test("keys are put where the sidecars put them", async () => {
  await publishVersions(12);
  const records = await everything(TOPIC);
  expect(new Set(records.map(({ partition }) => partition)).size).toBeGreaterThan(1);
  for (const { key, partition } of records) expect(partitionOf(key ?? "", 6)).toBe(partition);
}, 90_000);

describe("dead letters", () => {
  test("go back to their topic when the cause is mended, and have their effect once and in order", async () => {
    isBroken = true;
    const events = await publishVersions(3);
    await until(() => expect(ids(effects.audit)).toEqual(ids(events)));
    await until(async () => expect(await endOf("dead-letters")).toBe(events.length));
    const before = await endOf(TOPIC);
    const source = ["--dead-letters", "--consumer", "recurring", "--database-url", urls.recurring];

    const dry = await report(...source);
    expect(dry).toMatchObject({ events: 9, sent: 0, leftOut: {} });
    expect(ids(dry.deadLetters ?? [])).toEqual(ids(events));
    for (const { reason, topic } of dry.deadLetters ?? []) {
      expect([topic, reason]).toEqual([TOPIC, "PoisonError: the calendar is torn"]);
    }
    const shown = await replay(...source);
    expect(shown.out).toContain("PoisonError: the calendar is torn");
    expect(shown.out).toContain("Nothing was sent");
    expect(await endOf(TOPIC)).toBe(before);

    isBroken = false;
    const done = await report(...source, "--replay-id", dry.replayId, "--yes");
    expect(done).toMatchObject({ replayId: dry.replayId, sent: 9 });
    await until(() => expect(ids(effects.recurring)).toEqual(ids(events)));
    for (const [taskId, versions] of Map.groupBy(effects.recurring, (each) => each.taskId)) {
      expect([taskId, versions.map(({ version }) => version)]).toEqual([taskId, [1, 2, 3]]);
    }
    const resent = (await everything(TOPIC)).filter(({ headers }) => headers["replay-id"] === dry.replayId);
    expect(resent).toHaveLength(9);
    for (const { key, partition, value, headers } of resent) {
      expect(partitionOf(key ?? "", 6)).toBe(partition);
      expect(JSON.parse(String(value))).not.toHaveProperty("replayid");
      expect(Object.keys(headers).filter((name) => name.startsWith("__"))).toEqual([]);
    }

    // Under the same id nothing is sent, under another one nothing happens.
    expect(await report("--dead-letters", "--replay-id", dry.replayId, "--yes")).toMatchObject({
      sent: 0,
      leftOut: { sent: 9 },
    });
    expect(await report(...source, "--yes")).toMatchObject({ sent: 0, leftOut: { processed: 9 } });
    expect(await report("--dead-letters", "--yes")).toMatchObject({ sent: 9 });
    await settle();
    expect(effects.recurring).toHaveLength(9);
    expect(effects.audit).toHaveLength(9);
  }, 180_000);
});

describe("events that retention still holds", () => {
  test("are taken again by who accepts replays, once for each id, and by nobody else", async () => {
    const from = new Date().toISOString();
    const events = await publishVersions(2);
    await until(() => expect(ids(effects.audit)).toEqual(ids(events)));
    await until(() => expect(ids(effects.recurring)).toEqual(ids(events)));
    await settle();
    const source = ["--topic", TOPIC, "--from", from, "--type", "dev.todo.task.updated.v1"];

    const dry = await replay(...source);
    expect(dry.out).toMatch(/dev\.todo\.task\.updated\.v1 +4 +audit +recurring, notifications$/m);
    const done = await report(...source, "--replay-id", "again-1", "--yes");
    expect(done).toMatchObject({ sent: 4, counts: [{ taken: ["audit"], refusing: ["recurring", "notifications"] }] });
    await until(() => expect(effects.audit.filter(({ replayId }) => replayId === "again-1")).toHaveLength(4));
    for (const versions of Map.groupBy(effects.audit.slice(6), (each) => each.taskId).values()) {
      expect(versions.map(({ version }) => version)).toEqual([2, 3]);
    }

    expect(await report(...source, "--replay-id", "again-1", "--yes")).toMatchObject({ sent: 0, leftOut: { sent: 4 } });
    const [one] = events;
    const other = await report("--topic", TOPIC, "--from", from, "--event-key", one?.partitionkey ?? "");
    expect(other).toMatchObject({ events: 3, leftOut: { replay: 2 } });
    await settle();
    expect(effects.audit).toHaveLength(10);
    expect(effects.recurring).toHaveLength(6);
  }, 120_000);

  test("are not read while somebody else reads them, and leave no offsets behind", async () => {
    const reader = client.consumer({ groupId: "topics-replay" });
    await reader.connect();
    await reader.subscribe({ topic: TOPIC });
    const joined = new Promise((resolve) => reader.on(reader.events.GROUP_JOIN, resolve));
    await reader.run({ autoCommit: false, eachMessage: async () => {} });
    await joined;
    const { code, err } = await replay("--topic", TOPIC);
    await reader.disconnect();
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: the group topics-replay is active: .*\n$/)]);

    await report("--topic", TOPIC);
    const offsets = await admin.fetchOffsets({ groupId: "topics-replay", topics: [TOPIC, "dead-letters"] });
    for (const { partitions } of offsets) for (const { offset } of partitions) expect(offset).toBe("-1");
  }, 60_000);
});
