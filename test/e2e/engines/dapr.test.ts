import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import kafkajs from "kafkajs";
import {
  type Daprd,
  freePorts,
  type Kafka,
  type Scheduler,
  type Sentry,
  startDaprd,
  startKafka,
  startScheduler,
  startSentry,
  temporaryFolder,
} from "#test/engines/index";

const pubsub = (bootstrap: readonly string[]) => ({
  apiVersion: "dapr.io/v1alpha1",
  kind: "Component",
  metadata: { name: "pubsub" },
  spec: {
    type: "pubsub.kafka",
    version: "v1",
    metadata: Object.entries({
      brokers: bootstrap.join(","),
      authType: "none",
      version: "4.2.0",
      initialOffset: "oldest",
      consumerGroup: "echo",
    }).map(([name, value]) => ({ name, value })),
  },
});

const subscription = {
  apiVersion: "dapr.io/v2alpha1",
  kind: "Subscription",
  metadata: { name: "greetings" },
  spec: { pubsubname: "pubsub", topic: "greetings", routes: { default: "/events/greetings" } },
};

/** Lets `asker` call GET /open and nothing else. */
const accessControl = {
  apiVersion: "dapr.io/v1alpha1",
  kind: "Configuration",
  metadata: { name: "echo" },
  spec: {
    accessControl: {
      defaultAction: "deny",
      trustDomain: "public",
      policies: [
        {
          appId: "asker",
          defaultAction: "deny",
          trustDomain: "public",
          namespace: "default",
          operations: [{ name: "/open", httpVerb: ["GET"], action: "allow" }],
        },
      ],
    },
  },
};

/** The bodies that an app's routes received, and a way to wait for the next. */
function inbox() {
  const waiting: ((body: unknown) => void)[] = [];
  const received: unknown[] = [];
  return {
    put(body: unknown) {
      const next = waiting.shift();
      if (next) next(body);
      else received.push(body);
    },
    next: () =>
      new Promise<unknown>((resolve) => {
        if (received.length > 0) resolve(received.shift());
        else waiting.push(resolve);
      }),
  };
}

describe("a real daprd with sentry, scheduler and Kafka", () => {
  const folder = temporaryFolder("dapr-test");
  const events = inbox();
  const jobs = inbox();
  let app: ServerType;
  let kafka: Kafka;
  let sentry: Sentry;
  let scheduler: Scheduler;
  let echo: Daprd;
  let asker: Daprd;

  beforeAll(async () => {
    [kafka, sentry] = await Promise.all([startKafka(), startSentry()]);
    scheduler = await startScheduler({ sentry });
    const admin = new kafkajs.Kafka({ brokers: [...kafka.bootstrap], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "greetings", numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();

    const resources = join(folder.path, "resources");
    mkdirSync(resources);
    writeFileSync(join(resources, "pubsub.yaml"), JSON.stringify(pubsub(kafka.bootstrap)));
    writeFileSync(join(resources, "subscription.yaml"), JSON.stringify(subscription));
    const configuration = join(folder.path, "echo.json");
    writeFileSync(configuration, JSON.stringify(accessControl));

    const routes = new Hono()
      .post("/events/greetings", async (c) => {
        events.put(await c.req.json());
        return c.json({ status: "SUCCESS" });
      })
      .post("/job/:name", async (c) => {
        jobs.put({ name: c.req.param("name"), data: await c.req.json() });
        return c.json({});
      })
      .get("/open", (c) => c.text("open"))
      .get("/closed", (c) => c.text("closed"));
    const [appPort] = await freePorts(1);
    app = serve({ fetch: routes.fetch, hostname: "127.0.0.1", port: appPort });

    const common = { names: join(folder.path, "names.db"), sentry, scheduler };
    echo = await startDaprd({
      ...common,
      appId: "echo",
      appPort,
      resources: [resources],
      configurations: [configuration],
    });
    asker = await startDaprd({ ...common, appId: "asker" });
  }, 180_000);

  afterAll(async () => {
    await Promise.all([echo?.stop(), asker?.stop()]);
    await new Promise((resolve) => (app ? app.close(resolve) : resolve(undefined)));
    await Promise.all([scheduler?.stop(), sentry?.stop(), kafka?.stop()]);
    folder.remove();
  }, 60_000);

  test("carries an event through Kafka to the app with the id it was published with", async () => {
    const event = { specversion: "1.0", id: "e-1", source: "test", type: "greeting.sent", data: { text: "hello" } };
    const published = await fetch(`${echo.url}/v1.0/publish/pubsub/greetings?metadata.partitionKey=k`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json" },
      body: JSON.stringify(event),
    });
    expect(published.status).toBe(204);
    expect(await events.next()).toMatchObject({ id: "e-1", type: "greeting.sent", data: { text: "hello" } });
  }, 60_000);

  test("lets a caller through that access control names, and refuses it the rest", async () => {
    const call = (path: string) => fetch(`${asker.url}/v1.0/invoke/echo/method/${path}`);
    const open = await call("open");
    expect([open.status, await open.text()]).toEqual([200, "open"]);
    const closed = await call("closed");
    expect(closed.status).toBe(403);
    expect(await closed.text()).toContain("access control policy has denied access");
  }, 60_000);

  test("fires a job at the app", async () => {
    const scheduled = await fetch(`${echo.url}/v1.0/jobs/wake`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        dueTime: "1s",
        data: { "@type": "type.googleapis.com/google.protobuf.StringValue", value: "up" },
      }),
    });
    expect(scheduled.status).toBe(204);
    expect(await jobs.next()).toMatchObject({ name: "wake" });
  }, 60_000);

  test("comes back after kill -9 on the same address", async () => {
    const before = echo.pid;
    await echo.kill();
    await echo.start();
    expect(echo.pid).not.toBe(before);
    expect((await fetch(`${echo.url}/v1.0/healthz`)).status).toBe(204);
  }, 60_000);
});
