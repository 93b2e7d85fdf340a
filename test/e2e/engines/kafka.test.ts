import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import kafkajs, { type KafkaConfig } from "kafkajs";
import { type Certificate, type CertificateAuthority, createAuthority } from "#test/engines/certificates";
import { type Kafka, startKafka } from "#test/engines/kafka";
import { temporaryFolder } from "#test/engines/process";

const { Kafka: KafkaClient, AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

function clientOf(kafka: Kafka, ssl?: KafkaConfig["ssl"], retries = 8) {
  return new KafkaClient({
    brokers: [...kafka.bootstrap],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries },
    ...(ssl ? { ssl } : {}),
  });
}

/** Sends one record and reads it back with a group of its own. */
async function roundTrip(client: InstanceType<typeof KafkaClient>, topic: string, value: string): Promise<string> {
  const producer = client.producer();
  const consumer = client.consumer({ groupId: `${topic}-readers` });
  await Promise.all([producer.connect(), consumer.connect()]);
  try {
    await producer.send({ topic, acks: -1, messages: [{ key: "k", value }] });
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise<string>((resolve, reject) => {
      consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString() ?? "") }).catch(reject);
    });
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
  }
}

describe("a real Kafka broker", () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 120_000);
  afterAll(() => kafka?.stop(), 60_000);

  test("carries a record, and has it still after kill -9", async () => {
    const client = clientOf(kafka);
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "greetings", numPartitions: 1 }], waitForLeaders: true });
    expect(await roundTrip(client, "greetings", "hello")).toBe("hello");
    await admin.disconnect();

    const [broker] = kafka.brokers;
    await broker?.kill();
    await broker?.start();
    const after = clientOf(kafka).admin();
    await after.connect();
    expect(await after.fetchTopicOffsets("greetings")).toMatchObject([{ partition: 0, high: "1" }]);
    await after.disconnect();
  }, 120_000);
});

describe("three real brokers with mutual TLS and access control lists", () => {
  const folder = temporaryFolder("certificates");
  let kafka: Kafka;
  let clusterAuthority: CertificateAuthority;
  let clientsAuthority: CertificateAuthority;
  const as = ({ certificate, key }: Certificate) =>
    clientOf(kafka, { ca: clusterAuthority.certificate, cert: certificate, key });

  beforeAll(async () => {
    clusterAuthority = await createAuthority(folder.path, "cluster-ca");
    clientsAuthority = await createAuthority(folder.path, "clients-ca");
    kafka = await startKafka({ brokers: 3, tls: { clusterAuthority, clientsAuthority, superUsers: ["admin"] } });
    const admin = as(await clientsAuthority.issue("admin")).admin();
    await admin.connect();
    await admin.createTopics({
      topics: ["open", "closed"].map((topic) => ({ topic, numPartitions: 3, replicationFactor: 3 })),
      waitForLeaders: true,
    });
    const allowed = { host: "*", permissionType: AclPermissionTypes.ALLOW, principal: "User:CN=tasks" };
    const literal = { resourcePatternType: ResourcePatternTypes.LITERAL };
    await admin.createAcls({
      acl: [
        ...[AclOperationTypes.READ, AclOperationTypes.WRITE, AclOperationTypes.DESCRIBE].map((operation) => ({
          ...{ ...allowed, ...literal, operation, resourceType: AclResourceTypes.TOPIC, resourceName: "open" },
        })),
        {
          ...{ ...allowed, ...literal, operation: AclOperationTypes.READ },
          ...{ resourceType: AclResourceTypes.GROUP, resourceName: "open-readers" },
        },
      ],
    });
    await admin.disconnect();
  }, 180_000);
  afterAll(async () => {
    await kafka?.stop();
    folder.remove();
  }, 60_000);

  test("carry a record of a client that an ACL allows", async () => {
    expect(await roundTrip(as(await clientsAuthority.issue("tasks")), "open", "hello")).toBe("hello");
  }, 60_000);

  test("refuse the same client on a topic that no ACL names", async () => {
    const producer = as(await clientsAuthority.issue("tasks")).producer({ retry: { retries: 0 } });
    await producer.connect();
    await expect(producer.send({ topic: "closed", messages: [{ value: "x" }] })).rejects.toThrow(
      "Topic authorization failed",
    );
    await producer.disconnect();
  }, 60_000);

  test("refuse a certificate of an authority they do not know, and a client without one", async () => {
    const stranger = await (await createAuthority(folder.path, "other-ca")).issue("tasks");
    for (const ssl of [
      { ca: clusterAuthority.certificate, cert: stranger.certificate, key: stranger.key },
      { ca: clusterAuthority.certificate },
    ]) {
      const admin = clientOf(kafka, ssl, 0).admin();
      await expect(admin.connect()).rejects.toThrow();
      await admin.disconnect();
    }
  }, 60_000);

  test("go on when one of them is killed, and take it back", async () => {
    const [first] = kafka.brokers;
    await first?.kill();
    const producer = as(await clientsAuthority.issue("tasks")).producer();
    await producer.connect();
    await producer.send({ topic: "open", acks: -1, messages: [{ value: "after" }] });
    await producer.disconnect();
    await first?.start();
    expect(first?.pid).toBeGreaterThan(0);
  }, 120_000);
});
