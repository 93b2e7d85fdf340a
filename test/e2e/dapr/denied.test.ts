/**
 * What the model does not connect is refused: calls and topics by daprd, under the identities that sentry gives, and topics and
 * groups once more by Kafka itself, whoever gets hold of a service's certificate.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import kafkajs from "kafkajs";
import { JAVA_SETTINGS, LIBRDKAFKA_SETTINGS } from "#local/dapr/kafka-client-files";
import { components, consumerGroup } from "#model/names";
import { deadLetterTopicOf, eventTopics } from "#model/system";
import { todo } from "#system";
import { type RealProduct, startRealProduct } from "./product.ts";

let product: RealProduct;
beforeAll(async () => {
  product = await startRealProduct({}, { brokers: 1 });
}, 180_000);
afterAll(() => product?.stop(), 60_000);

const services = Object.entries(todo.services);
const names = services.map(([name]) => name);
const topics = eventTopics(todo).map(([topic]) => topic);
const [deadLetters] = deadLetterTopicOf(todo);
/** Services with a KafkaUser. */
const onKafka = services.filter(([, { publishes, subscribes }]) => publishes.length + subscribes.length > 0);
const pairs = names.flatMap((caller) => names.filter((name) => name !== caller).map((callee) => [caller, callee]));
const isDeclared = (caller: string, callee: string): boolean =>
  Object.keys(todo.services[caller as "tasks"].invokes).includes(callee);

/** One path of each kind that services have. */
const PATHS = [
  "/v1/tasks",
  "/internal/jwks",
  "/api/me",
  "/mcp",
  "/events/user-events",
  "/job/reminder",
  "/cron/reminder-sweep",
  "/readyz",
  "/metrics",
  "/",
];

const invoke = async (caller: string, callee: string, path: string, method = "GET") => {
  const response = await product.callSidecar(caller, `/v1.0/invoke/${callee}/method${path}`, { method });
  const text = await response.text();
  const body = text.startsWith("{") ? (JSON.parse(text) as { errorCode?: string; message?: string }) : {};
  return { status: response.status, errorCode: body.errorCode, text };
};

const refusedByDapr = {
  status: 403,
  errorCode: "ERR_DIRECT_INVOKE",
  text: expect.stringContaining("PermissionDenied"),
};

describe("calls between services that the model does not connect", () => {
  it.each(pairs.filter(([caller = "", callee = ""]) => !isDeclared(caller, callee)))(
    "from %s to %s are refused on every path",
    async (caller = "", callee = "") => {
      for (const path of PATHS)
        for (const method of ["GET", "POST"])
          expect([path, method, await invoke(caller, callee, path, method)]).toEqual([path, method, refusedByDapr]);
    },
    60_000,
  );
});

describe("calls between services that the model connects", () => {
  it.each(pairs.filter(([caller = "", callee = ""]) => isDeclared(caller, callee)))(
    "from %s to %s get through, but only where that edge leads",
    async (caller = "", callee = "") => {
      const edge = (todo.services[caller as "tasks"].invokes as Record<string, { internal?: boolean }>)[callee];
      const [open, closed] = edge?.internal ? ["/internal/none", "/v1/none"] : ["/v1/none", "/internal/none"];
      // Answered by the service itself: there is no such path, or nobody has signed in.
      expect([401, 404]).toContain((await invoke(caller, callee, open)).status);
      for (const path of [
        closed,
        "/events/user-events",
        "/job/reminder",
        "/cron/reminder-sweep",
        "/readyz",
        "/metrics",
      ])
        expect([path, await invoke(caller, callee, path, "POST")]).toEqual([path, refusedByDapr]);
    },
    60_000,
  );
});

describe("a service without the token of its sidecar", () => {
  it.each(names)("%s is answered nothing", async (name) => {
    const response = await product.callSidecar(name, "/v1.0/metadata", { headers: { "dapr-api-token": "guess" } });
    expect(response.status).toBe(401);
  });
});

describe("topics that a service does not list", () => {
  const publish = (service: string, topic: string): Promise<Response> =>
    product.callSidecar(service, `/v1.0/publish/${components.pubsub}/${topic}`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json" },
      body: JSON.stringify({ specversion: "1.0", id: "refused", source: "/test", type: "test", data: {} }),
    });

  it.each(services.map(([name, { publishes }]) => [name, publishes as readonly string[]] as const))(
    "cannot be published by %s through its sidecar",
    async (name, publishes) => {
      for (const topic of topics.filter((each) => !publishes.includes(each))) {
        // Who publishes nothing has no such API at all.
        const expected = publishes.length === 0 ? 404 : 403;
        expect([topic, (await publish(name, topic)).status]).toEqual([topic, expected]);
      }
    },
  );

  it("nor can topics that nobody declares", async () => {
    expect((await publish("tasks", "another")).status).toBe(403);
  });

  it.each(onKafka.map(([name, { publishes }]) => [name, publishes as readonly string[]] as const))(
    "cannot be written with the certificate of %s",
    async (name, publishes) => {
      const producer = product.sidecars.platform.kafka.clientOf(name).producer({ retry: { retries: 0 } });
      await producer.connect();
      const subscribes = todo.services[name as "tasks"].subscribes.length > 0;
      const listed = [...publishes, ...(subscribes ? [deadLetters] : [])];
      for (const topic of [...topics, deadLetters].filter((each) => !listed.includes(each))) {
        const sent = producer.send({ topic, messages: [{ value: "{}" }] });
        await expect(sent).rejects.toThrow(/not authorized|authorization failed/i);
      }
      await producer.disconnect();
    },
    60_000,
  );

  /** Joins a group as a consumer does. @returns why it may not, or undefined */
  const refusalOf = async (name: string, groupId: string, topic: string): Promise<string | undefined> => {
    const reasons: string[] = [];
    const consumer = product.sidecars.platform.kafka
      .clientOf(name, {
        // The error that it throws for a group says less than what it logs on the way.
        logLevel: kafkajs.logLevel.DEBUG,
        logCreator:
          () =>
          ({ log }) => {
            if (log.error) reasons.push(String(log.error));
          },
      })
      .consumer({ groupId, retry: { retries: 0 } });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic });
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
        consumer.on(consumer.events.FETCH, () => resolve());
        consumer.run({ eachMessage: async () => {} }).catch(reject);
      });
      return undefined;
    } catch (error) {
      return [...reasons, String(error)].join("\n");
    } finally {
      await consumer.disconnect();
    }
  };

  it.each(onKafka.map(([name, { publishes, subscribes }]) => [name, [...publishes, ...subscribes]] as const))(
    "cannot be read with the certificate of %s",
    async (name, listed: readonly string[]) => {
      for (const topic of topics.filter((each) => !listed.includes(each)))
        expect([topic, await refusalOf(name, consumerGroup(name), topic)]).toEqual([
          topic,
          expect.stringMatching(/not authorized to access topics/i),
        ]);
    },
    90_000,
  );

  it.each(onKafka.flatMap(([name, { subscribes }]) => subscribes.slice(0, 1).map((topic) => [name, topic] as const)))(
    "that it does list cannot be read by %s in another's group, from which it would take %s away",
    async (name, topic) => {
      const [foreign = ""] = onKafka.flatMap(([other]) => (other === name ? [] : [other]));
      const refusal = await refusalOf(name, consumerGroup(foreign), topic);
      expect(refusal).toMatch(/not authorized to access group/i);
    },
    60_000,
  );

  it("are closed to whoever has no certificate of the clients' authority", async () => {
    const { kafka, ca } = product.sidecars.platform.kafka;
    const stranger = new kafkajs.Kafka({
      brokers: [...kafka.bootstrap],
      ssl: { ca: [ca] },
      retry: { retries: 0 },
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await expect(stranger.connect().then(() => stranger.listTopics())).rejects.toThrow();
    await stranger.disconnect();
  });
});

describe("files for other clients", () => {
  /** A client that knows what one of the files says, as Java's and librdkafka's do. */
  const clientFrom = (user: string, file: string) => {
    const text = readFileSync(join(product.sidecars.kafkaClients, user, file), "utf8");
    const settings = new Map(text.split("\n").map((line) => line.split("=", 2) as [string, string]));
    const pem = (...names: string[]): string =>
      readFileSync(names.map((name) => settings.get(name)).find((path) => path !== undefined) ?? "", "utf8");
    return new kafkajs.Kafka({
      brokers: settings.get("bootstrap.servers")?.split(",") ?? [],
      ssl: {
        ca: [pem("ssl.truststore.location", "ssl.ca.location")],
        cert: pem("ssl.keystore.location", "ssl.certificate.location"),
        key: pem("ssl.keystore.location", "ssl.key.location"),
      },
      retry: { retries: 0 },
      logLevel: kafkajs.logLevel.NOTHING,
    });
  };

  it.each([JAVA_SETTINGS, LIBRDKAFKA_SETTINGS])("let it in as their user, and no further: %s", async (file) => {
    const [admin, own] = [clientFrom("admin", file).admin(), clientFrom("audit", file).admin()];
    await Promise.all([admin.connect(), own.connect()]);
    expect(await admin.listTopics()).toEqual(expect.arrayContaining(topics));
    // A topic that one may not even describe is not there.
    const readable = todo.services.audit.subscribes;
    expect((await own.listTopics()).filter((topic) => topics.includes(topic)).sort()).toEqual([...readable].sort());
    await Promise.all([admin.disconnect(), own.disconnect()]);
  });

  it("are for their owner alone", () => {
    const mode = statSync(join(product.sidecars.kafkaClients, "admin", "user.key")).mode & 0o777;
    expect(mode).toBe(0o600);
  });
});
