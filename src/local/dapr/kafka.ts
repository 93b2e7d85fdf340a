/** Kafka with the topics, users and access rules of an environment; every connection proves itself by a certificate. */

import { setTimeout as delay } from "node:timers/promises";
import kafkajs, { type Admin, type Kafka as KafkaClient, type KafkaConfig } from "kafkajs";
import type { RenderedDocuments } from "./documents.ts";
import {
  type Certificate,
  createAuthority,
  type Kafka,
  startKafka,
  type TemporaryFolder,
  temporaryFolder,
} from "./engines.ts";
import { aclsOf, topicOf } from "./kafka-resources.ts";

export interface EnvironmentKafka {
  readonly kafka: Kafka;
  /** Who may connect: the rendered KafkaUsers, and `admin`. */
  readonly users: readonly string[];
  /** PEM: who signed the brokers' certificates. */
  readonly ca: string;
  /** Of one of them. */
  credentialsOf(user: string): Certificate;
  /** A client that is allowed what this KafkaUser is; `admin` is allowed everything. */
  clientOf(user: string, more?: Partial<KafkaConfig>): KafkaClient;
  stop(): Promise<void>;
}

const ADMIN = "admin";

/** Enough for the laptop's few records, three times beside everything else. */
const HEAP_MEBIBYTES = 256;

export async function startEnvironmentKafka(
  { kafkaTopics, kafkaUsers }: RenderedDocuments,
  brokers: number,
): Promise<EnvironmentKafka> {
  const folder = temporaryFolder("kafka-users");
  try {
    return await startIn(folder, kafkaTopics, kafkaUsers, brokers);
  } catch (error) {
    folder.remove();
    throw error;
  }
}

async function startIn(
  folder: TemporaryFolder,
  topics: RenderedDocuments["kafkaTopics"],
  users: RenderedDocuments["kafkaUsers"],
  brokers: number,
): Promise<EnvironmentKafka> {
  const clusterAuthority = await createAuthority(folder.path, "cluster-ca");
  const clientsAuthority = await createAuthority(folder.path, "clients-ca");
  const names = [ADMIN, ...users.map(({ metadata }) => metadata.name)];
  const credentials = new Map<string, Certificate>();
  for (const name of names) credentials.set(name, await clientsAuthority.issue(name));
  const kafka = await startKafka({
    brokers,
    heapMebibytes: HEAP_MEBIBYTES,
    tls: { clusterAuthority, clientsAuthority, superUsers: [ADMIN] },
  });
  const credentialsOf = (user: string): Certificate => {
    const found = credentials.get(user);
    if (!found) throw new TypeError(`no KafkaUser "${user}" is rendered`);
    return found;
  };
  const clientOf: EnvironmentKafka["clientOf"] = (user, more = {}) => {
    const { certificate, key } = credentialsOf(user);
    return new kafkajs.Kafka({
      clientId: user,
      brokers: [...kafka.bootstrap],
      ssl: { ca: [clusterAuthority.certificate], cert: certificate, key },
      logLevel: kafkajs.logLevel.NOTHING,
      ...more,
    });
  };
  const stop = async (): Promise<void> => {
    await kafka.stop();
    folder.remove();
  };
  try {
    const admin = clientOf(ADMIN).admin();
    await admin.connect();
    // kafkajs' own wait for leaders gives up where the broker that it asks has not heard of the topic yet.
    await admin.createTopics({ topics: topics.map((topic) => topicOf(topic, brokers)), waitForLeaders: false });
    await untilLed(
      admin,
      topics.map(({ metadata }) => metadata.name),
    );
    await admin.createAcls({ acl: users.flatMap(aclsOf) });
    await admin.disconnect();
  } catch (error) {
    await stop();
    throw error;
  }
  return { kafka, users: names, ca: clusterAuthority.certificate, credentialsOf, clientOf, stop };
}

const LED_WITHIN_MS = 30_000;

/** Until every partition has a leader. @throws what Kafka says after half a minute */
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  const deadline = Date.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      const found = await admin.fetchTopicMetadata({ topics });
      if (found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
      if (Date.now() > deadline) throw new Error(`no leaders after ${LED_WITHIN_MS / 1_000} s: ${topics.join(", ")}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(100);
  }
}
