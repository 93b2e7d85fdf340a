/**
 * The documents that synth renders for `dev`, on a real daprd, sentry and Kafka: only addresses differ. Topics are made from the
 * rendered KafkaTopics, ACLs from the rendered KafkaUsers and enforced by Kafka's StandardAuthorizer.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import kafkajs from "kafkajs";
import type { Manifest } from "#emit/document";
import { parseManifest } from "#emit/parse";
import { environments } from "#environments";
import { namespaces } from "#model/names";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import {
  createAuthority,
  type Daprd,
  freePorts,
  type Kafka,
  type Sentry,
  startDaprd,
  startKafka,
  startSentry,
  temporaryFolder,
} from "#test/engines/index";

const { dev } = environments;
const rendered = [...renderEnvironment(todo, dev, {}).files.values()].map((text) => parseManifest(text));
const ofKind = (kind: string): Manifest[] => rendered.filter((manifest) => manifest.kind === kind);

interface Acl {
  readonly resource: { readonly type: "topic" | "group"; readonly name: string };
  readonly operations: readonly ("Describe" | "Read" | "Write" | "DescribeConfigs")[];
}

/** What the rendered component says, but with the broker of this test. */
const withAddress = (component: Manifest, bootstrap: string): object => {
  const spec = component.spec as { metadata: { name: string; value?: string }[] };
  const metadata = spec.metadata.map((entry) => (entry.name === "brokers" ? { ...entry, value: bootstrap } : entry));
  return { ...component, spec: { ...spec, metadata } };
};

const appliesTo =
  (name: string) =>
  (manifest: Manifest): boolean =>
    (manifest.scopes as string[] | undefined)?.includes(name) ?? false;

describe("the rendered Dapr documents on a real daprd and Kafka", () => {
  const folder = temporaryFolder("rendered-dapr");
  const received = new Map<string, unknown[]>();
  const apps: ServerType[] = [];
  const sidecars = new Map<string, Daprd>();
  let kafka: Kafka;
  let sentry: Sentry;

  const startService = async (
    name: string,
    credentials: { key: string; certificate: string },
    ca: string,
  ): Promise<void> => {
    const resources = join(folder.path, name);
    mkdirSync(resources);
    const documents = [
      ...ofKind("Component")
        .filter(({ spec }) => (spec as { type: string }).type === "pubsub.kafka")
        .map((component) => withAddress(component, kafka.bootstrap.join(","))),
      ...[...ofKind("Subscription"), ...ofKind("Resiliency")].filter(appliesTo(name)),
    ];
    documents.forEach((document, index) => {
      writeFileSync(join(resources, `${index}.yaml`), JSON.stringify(document));
    });
    const configuration = join(folder.path, `${name}-configuration.yaml`);
    const [document] = ofKind("Configuration").filter(({ metadata }) => metadata.name === name);
    // No collector listens here.
    const { tracing: _tracing, mtls: _mtls, ...spec } = (document?.spec ?? {}) as Record<string, unknown>;
    writeFileSync(configuration, JSON.stringify({ ...document, spec }));

    const routes = new Hono()
      .post("/events/:topic", async (c) => {
        const key = `${name}/${c.req.param("topic")}`;
        received.set(key, [...(received.get(key) ?? []), await c.req.json()]);
        return c.json({ status: "SUCCESS" });
      })
      .all("/v1/*", (c) => c.text("for users"))
      .all("/internal/*", (c) => c.text("internal"));
    const [appPort] = await freePorts(1);
    apps.push(serve({ fetch: routes.fetch, hostname: "127.0.0.1", port: appPort }));
    sidecars.set(
      name,
      await startDaprd({
        appId: name,
        appPort,
        namespace: namespaces.apps,
        names: join(folder.path, "names.db"),
        sentry,
        resources: [resources],
        configurations: [configuration],
        env: { KAFKA_CA_CERT: ca, KAFKA_CLIENT_CERT: credentials.certificate, KAFKA_CLIENT_KEY: credentials.key },
      }),
    );
  };

  beforeAll(async () => {
    const clusterAuthority = await createAuthority(folder.path, "cluster-ca");
    const clientsAuthority = await createAuthority(folder.path, "clients-ca");
    [kafka, sentry] = await Promise.all([
      startKafka({ tls: { clusterAuthority, clientsAuthority, superUsers: ["admin"] } }),
      startSentry(),
    ]);
    const administrator = await clientsAuthority.issue("admin");
    const admin = new kafkajs.Kafka({
      brokers: [...kafka.bootstrap],
      ssl: { ca: [clusterAuthority.certificate], cert: administrator.certificate, key: administrator.key },
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: ofKind("KafkaTopic").map(({ metadata, spec }) => {
        const { partitions, replicas, config } = spec as {
          partitions: number;
          replicas: number;
          config: Record<string, string | number>;
        };
        return {
          topic: metadata.name,
          numPartitions: partitions,
          replicationFactor: replicas,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value: String(value) })),
        };
      }),
    });
    const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
    const operation = {
      Describe: AclOperationTypes.DESCRIBE,
      Read: AclOperationTypes.READ,
      Write: AclOperationTypes.WRITE,
      DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
    };
    await admin.createAcls({
      acl: ofKind("KafkaUser").flatMap(({ metadata, spec }) =>
        (spec as { authorization: { acls: Acl[] } }).authorization.acls.flatMap(({ resource, operations }) =>
          operations.map((each) => ({
            resourceType: resource.type === "topic" ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
            resourceName: resource.name,
            resourcePatternType: ResourcePatternTypes.LITERAL,
            principal: `User:CN=${metadata.name}`,
            host: "*",
            operation: operation[each],
            permissionType: AclPermissionTypes.ALLOW,
          })),
        ),
      ),
    });
    await admin.disconnect();
    for (const name of ["tasks", "audit", "recurring"]) {
      await startService(name, await clientsAuthority.issue(name), clusterAuthority.certificate);
    }
  }, 240_000);

  afterAll(async () => {
    await Promise.all([...sidecars.values()].map((sidecar) => sidecar.stop()));
    for (const app of apps) await new Promise((resolve) => app.close(resolve));
    await Promise.all([sentry?.stop(), kafka?.stop()]);
    folder.remove();
  }, 60_000);

  const publish = (service: string, topic: string, event: object): Promise<Response> =>
    fetch(`${sidecars.get(service)?.url}/v1.0/publish/pubsub-kafka-todo/${topic}?metadata.partitionKey=k`, {
      method: "POST",
      headers: { "content-type": "application/cloudevents+json" },
      body: JSON.stringify(event),
    });

  const event = (id: string) => ({
    specversion: "1.0",
    id,
    source: "/todo/tasks",
    type: "dev.todo.task.created.v1",
    datacontenttype: "application/json",
    data: {},
  });

  const arrival = async (key: string, id: string): Promise<boolean> => {
    for (let attempt = 0; attempt < 150; attempt++) {
      if (received.get(key)?.some((each) => (each as { id: string }).id === id)) return true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
  };

  test("carry an event from its publisher to both subscribers, over mTLS and with the rendered ACLs", async () => {
    const id = randomUUID();
    const response = await publish("tasks", "task-events", event(id));
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(await arrival("audit/task-events", id)).toBe(true);
    expect(await arrival("recurring/task-events", id)).toBe(true);
  }, 90_000);

  test("refuse a topic that the service does not list", async () => {
    // audit publishes nothing, so its sidecar has no publish API at all.
    expect((await publish("audit", "task-events", event(randomUUID()))).status).toBe(404);
    expect((await publish("tasks", "chat-events", event(randomUUID()))).status).toBe(403);
  });

  test("let a declared caller reach what its edge allows, and nothing else", async () => {
    const invoke = (caller: string, callee: string, path: string) =>
      fetch(`${sidecars.get(caller)?.url}/v1.0/invoke/${callee}/method${path}`);
    expect((await invoke("recurring", "tasks", "/internal/successors")).status).toBe(200);
    expect((await invoke("recurring", "tasks", "/v1/tasks")).status).toBe(403);
    expect((await invoke("recurring", "tasks", "/events/reminders")).status).toBe(403);
    expect([403, 404]).toContain((await invoke("audit", "tasks", "/v1/tasks")).status);
  });
});
