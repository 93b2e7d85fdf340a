/** A managed Kafka, as far as one can be had here: TLS without client certificates, user name and password, no KafkaUsers. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import kafkajs from "kafkajs";
import { environments } from "#environments";
import { todo } from "#system";
import { createAuthority, type Kafka, startKafka, temporaryFolder } from "#test/engines/index";
import { declaredState } from "#topics/declared";
import { createTopics, topics } from "./support.ts";

const folder = temporaryFolder("password");
const ca = join(folder.path, "ca.pem");
const password = randomBytes(12).toString("hex");
const module = "org.apache.kafka.common.security.plain.PlainLoginModule";
let kafka: Kafka;

const run = (args: readonly string[], variables: Record<string, string> = {}) =>
  topics([...args, "--env", "prod-gke", "--brokers", kafka.bootstrap.join(","), "--ca", ca], variables);

beforeAll(async () => {
  const clusterAuthority = await createAuthority(folder.path, "cluster-ca");
  const clientsAuthority = await createAuthority(folder.path, "clients-ca");
  writeFileSync(ca, clusterAuthority.certificate);
  kafka = await startKafka({
    tls: { clusterAuthority, clientsAuthority, superUsers: [] },
    properties: {
      "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:SSL",
      "listener.name.client.ssl.client.auth": "none",
      "listener.name.client.sasl.enabled.mechanisms": "PLAIN",
      "listener.name.client.plain.sasl.jaas.config": `${module} required username="admin" password="${password}" user_admin="${password}" user_ops="${password}";`,
      "sasl.mechanism.inter.broker.protocol": "PLAIN",
      "super.users": "User:admin;User:CN=broker",
    },
  });
  const admin = new kafkajs.Kafka({
    brokers: [...kafka.bootstrap],
    ssl: { ca: [clusterAuthority.certificate] },
    sasl: { mechanism: "plain", username: "admin", password },
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  // One broker cannot hold the three copies that production has.
  const { topics: wanted } = declaredState(todo, environments["prod-gke"]);
  await createTopics(
    admin,
    wanted.map((topic) => ({ ...topic, replicas: 1 })),
  );
  await admin.disconnect();
}, 120_000);

afterAll(async () => {
  await kafka?.stop();
  folder.remove();
}, 60_000);

test("topics are compared, ACLs are the provider's", async () => {
  const { code, out, err } = await run(["diff"], { KAFKA_USERNAME: "admin", KAFKA_PASSWORD: password });
  expect([code, err]).toEqual([1, ""]);
  const lines = out.trimEnd().split("\n");
  expect(lines.slice(0, -2).sort()).toEqual(
    Object.keys(todo.topics)
      .sort()
      .map((name) => `topic ${name}: replicas is 1, declared 3`),
  );
  expect(lines.at(-1)).toBe("ACLs are the provider's, and were not compared");
});

test("a password that is missing or wrong is told, and so is an ACL under the user's own name", async () => {
  expect((await run(["lag"])).err).toBe(
    "error: prod-gke's Kafka wants a user name and a password. Set KAFKA_USERNAME and KAFKA_PASSWORD.\n",
  );
  const wrong = await run(["lag"], { KAFKA_USERNAME: "admin", KAFKA_PASSWORD: "guess" });
  expect([wrong.code, wrong.err]).toEqual([
    1,
    expect.stringMatching(/^error: .* refuses the user name or the password\./),
  ]);
  const denied = await run(["lag"], { KAFKA_USERNAME: "ops", KAFKA_PASSWORD: password });
  expect(denied.err).toContain("User:ops lacks an ACL: Describe on topic");
});
