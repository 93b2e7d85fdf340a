/** `npm run topics` against a real broker with mutual TLS and StandardAuthorizer. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import kafkajs, { type Admin, type Kafka as Client } from "kafkajs";
import { lagReaderAcls } from "#model/acls";
import { kafkaUsers } from "#model/names";
import { todo } from "#system";
import { taskEvent, taskOf } from "#test/audit/support";
import {
  type CertificateAuthority,
  createAuthority,
  type Kafka,
  startKafka,
  temporaryFolder,
} from "#test/engines/index";
import { differsAcls } from "#topics/access";
import { principalOf } from "#topics/declared";
import { aclEntry, createTopics, declared, type Ran, topics } from "./support.ts";

const folder = temporaryFolder("topics");
const file = (name: string): string => join(folder.path, name);
let kafka: Kafka;
let client: Client;
let admin: Admin;
let clientsAuthority: CertificateAuthority;

/** Files of a user's certificate. */
async function filesOf(user: string): Promise<string[]> {
  const { certificate, key } = await clientsAuthority.issue(user);
  writeFileSync(file(`${user}.pem`), certificate);
  writeFileSync(file(`${user}-key.pem`), key);
  return ["--ca", file("ca.pem"), "--cert", file(`${user}.pem`), "--key", file(`${user}-key.pem`)];
}

const at = (...args: string[]): string[] => [...args, "--env", "dev", "--brokers", kafka.bootstrap.join(",")];
const as = async (user: string, ...args: string[]): Promise<Ran> => topics([...at(...args), ...(await filesOf(user))]);

beforeAll(async () => {
  const clusterAuthority = await createAuthority(folder.path, "cluster-ca");
  clientsAuthority = await createAuthority(folder.path, "clients-ca");
  writeFileSync(file("ca.pem"), clusterAuthority.certificate);
  kafka = await startKafka({ tls: { clusterAuthority, clientsAuthority, superUsers: ["admin"] } });
  const { certificate, key } = await clientsAuthority.issue("admin");
  client = new kafkajs.Kafka({
    brokers: [...kafka.bootstrap],
    ssl: { ca: [clusterAuthority.certificate], cert: certificate, key },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  admin = client.admin();
  await admin.connect();
  await createTopics(admin, declared.topics);
  const lagReader = lagReaderAcls(todo).flatMap(({ resource, operations }) =>
    operations.map((operation) => ({
      principal: principalOf(kafkaUsers.keda),
      resource: `${resource.type} ${resource.name}`,
      operation,
    })),
  );
  await admin.createAcls({ acl: [...(declared.acls ?? []), ...differsAcls(todo), ...lagReader].map(aclEntry) });
}, 180_000);

afterAll(async () => {
  await admin?.disconnect();
  await kafka?.stop();
  folder.remove();
}, 60_000);

describe("what cannot work is said in one line with what helps", () => {
  test("where a broker wants TLS and gets none", async () => {
    const { code, err } = await topics(at("lag"));
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^error: .* closed the connection\. .*--ca, --cert, --key.*\n$/),
    ]);
  });

  test("where a broker wants a client's certificate and gets none", async () => {
    const { code, err } = await topics([...at("lag"), "--ca", file("ca.pem")]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^error: .* wants a client's certificate\. .*--cert and --key.*\n$/),
    ]);
  });

  test("where the certificate is another authority's", async () => {
    const other = await createAuthority(folder.path, "strangers-ca");
    const { certificate, key } = await other.issue("admin");
    writeFileSync(file("stranger.pem"), certificate);
    writeFileSync(file("stranger-key.pem"), key);
    const stranger = ["--cert", file("stranger.pem"), "--key", file("stranger-key.pem")];
    const { code, err } = await topics([...at("lag"), "--ca", file("ca.pem"), ...stranger]);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: .* does not accept this certificate.*\n$/)]);
  });

  test("where an authority is not the brokers'", async () => {
    const other = await createAuthority(folder.path, "other-ca");
    writeFileSync(file("other.pem"), other.certificate);
    const [, , ...rest] = await filesOf("admin");
    const { code, err } = await topics([...at("lag"), "--ca", file("other.pem"), ...rest]);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: nobody that is trusted vouches for .*--ca.*\n$/)]);
  });

  test("where nobody listens", async () => {
    const { code, err } = await topics(["lag", "--env", "dev", "--brokers", "127.0.0.1:1"]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^error: nothing listens at 127.0.0.1:1\. .*--brokers.*\n$/),
    ]);
  });

  test.each([
    ["lag", "lacks an ACL: Describe on topic \\S+"],
    ["diff", "lacks an ACL: Describe on topic task-events"],
  ])("where a user may not: %s", async (verb, what) => {
    const { code, err } = await as("nobody", verb);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^error: User:CN=nobody ${what}\\. .*access.*\\n$`));
  });

  test("where a user may describe topics and not their settings, or not the groups", async () => {
    expect((await as("tasks", "diff")).err).toContain("User:CN=tasks lacks an ACL: Describe on topic ");
    expect((await as(kafkaUsers.keda, "diff")).err).toContain("User:CN=keda lacks an ACL: DescribeConfigs on topic ");
    expect((await as("topics-diff", "lag")).err).toContain("User:CN=topics-diff lacks an ACL: Describe on group");
  });
});

describe("diff", () => {
  test("is content with what the model's own derivation made", async () => {
    // dev renders no user for KEDA: here it has ACLs, so that lag can be read as in production.
    const { code, out } = await as("topics-diff", "diff", "--topics-only");
    expect([code, out]).toEqual([0, "topics are as declared\n"]);
  });

  test("names what is different and ends with 1", async () => {
    const before = await as("topics-diff", "diff", "--json");
    const known = (JSON.parse(before.out) as { differences: { subject: string }[] }).differences;
    expect(new Set(known.map(({ subject }) => subject))).toEqual(new Set(["User:CN=keda"]));

    await admin.createTopics({ topics: [{ topic: "stray", numPartitions: 1 }], waitForLeaders: true });
    await admin.createPartitions({ topicPartitions: [{ topic: "reminders", count: 7 }] });
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: "task-updates",
          configEntries: [
            { name: "cleanup.policy", value: "delete" },
            { name: "min.insync.replicas", value: "1" },
            { name: "retention.ms", value: "1000" },
          ],
        },
      ],
    });
    await admin.deleteTopics({ topics: ["chat-events"] });
    const [group] = (declared.acls ?? []).filter(({ resource }) => resource === "group audit").map(aclEntry);
    const { resourcePatternType, ...filter } = group ?? {};
    await admin.deleteAcls({ filters: [{ ...filter, resourcePatternType } as never] });
    await admin.createAcls({
      acl: [aclEntry({ principal: "User:CN=audit", resource: "topic task-events", operation: "Write" })],
    });

    const { code, out } = await as("topics-diff", "diff");
    expect(code).toBe(1);
    const lines = out.split("\n").filter((line) => !line.includes("User:CN=keda"));
    expect(lines.sort()).toEqual(
      [
        "",
        `${known.length + 6} different`,
        "User:CN=audit: Read on group audit is missing",
        "User:CN=audit: Write on topic task-events is not declared",
        "topic chat-events is missing",
        "topic reminders: partitions is 7, declared 6",
        "topic stray is not declared",
        "topic task-updates: retention.ms is 1000, declared 86400000",
      ].sort(),
    );

    const missing = await as(kafkaUsers.keda, "lag");
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining("Kafka has no topic chat-events")]);
    await admin.createTopics({ topics: [{ topic: "chat-events", numPartitions: 6 }], waitForLeaders: true });
  });
});

describe("lag", () => {
  interface Lag {
    readonly consumers: readonly {
      readonly consumer: string;
      readonly members: number;
      readonly partitions: readonly {
        readonly topic: string;
        readonly partition: number;
        readonly committed: string | null;
        readonly end: string;
        readonly lag: number;
        readonly oldestSeconds: number | null;
      }[];
    }[];
  }
  const HOUR_MS = 3_600_000;

  test("counts what is unread, tells how old it is and who is not there", async () => {
    const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const began = Date.now();
    await producer.send({
      topic: "user-events",
      messages: [50, 20, 3].map((hours) => ({ partition: 1, value: "x", timestamp: String(began - hours * HOUR_MS) })),
    });
    await producer.disconnect();
    await admin.setOffsets({ groupId: "audit", topic: "user-events", partitions: [{ partition: 1, offset: "1" }] });
    await admin.setOffsets({ groupId: "chat", topic: "user-events", partitions: [{ partition: 1, offset: "3" }] });
    const reader = client.consumer({ groupId: "realtime" });
    await reader.connect();
    await reader.subscribe({ topic: "chat-events" });
    const joined = new Promise((resolve) => reader.on(reader.events.GROUP_JOIN, resolve));
    await reader.run({ autoCommit: false, eachMessage: async () => {} });
    await joined;
    try {
      const { code, out } = await as(kafkaUsers.keda, "lag", "--json");
      expect(code).toBe(0);
      const { consumers } = JSON.parse(out) as Lag;
      const of = (consumer: string) => consumers.find((each) => each.consumer === consumer);
      const at1 = (consumer: string) =>
        of(consumer)?.partitions.find(({ topic, partition }) => topic === "user-events" && partition === 1);
      expect(consumers.map(({ consumer }) => consumer).sort()).toEqual([
        "audit",
        "chat",
        "notifications",
        "realtime",
        "recurring",
        "tasks",
      ]);
      expect(of("audit")?.members).toBe(0);
      expect(of("realtime")?.members).toBe(1);
      expect(at1("chat")).toMatchObject({ committed: "3", end: "3", lag: 0, oldestSeconds: null });
      expect(at1("audit")).toMatchObject({ committed: "1", end: "3", lag: 2 });
      expect(at1("tasks")).toMatchObject({ committed: null, end: "3", lag: 3 });
      const near = (hours: number, age: number | null | undefined) => {
        expect(age).toBeGreaterThanOrEqual(hours * 3_600);
        expect(age).toBeLessThan(hours * 3_600 * 1.02);
      };
      near(20, at1("audit")?.oldestSeconds);
      near(50, at1("tasks")?.oldestSeconds);

      const { out: shown } = await as(kafkaUsers.keda, "lag");
      expect(shown).toMatch(/^audit +none +user-events +1 +1 +3 +2 +20\.\d h$/m);
      expect(shown).toMatch(/^realtime +1 +chat-events/m);
    } finally {
      await reader.disconnect();
    }
  });
});

describe("access", () => {
  test("to replay is just what a replay needs, and it is refused without", async () => {
    const { code, out } = await topics(["access", "replay"]);
    expect(code).toBe(0);
    const { metadata, spec } = JSON.parse(out) as {
      metadata: { name: string };
      spec: { authorization: { acls: { resource: { type: string; name: string }; operations: string[] }[] } };
    };
    const user = metadata.name;
    const { id, ...rest } = taskOf();
    const event = taskEvent("created", { id, ...rest });
    const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: "task-events", messages: [{ key: id, value: JSON.stringify(event) }] });
    await producer.disconnect();

    const replay = (of: string) => as(of, "replay", "--topic", "task-events", "--event-key", id, "--yes");
    expect((await replay(user)).err).toContain(`User:CN=${user} lacks an ACL: Describe on topic task-events`);
    expect((await replay("recurring")).err).toContain("lacks an ACL: Read on group topics-replay");
    const acls = spec.authorization.acls.flatMap(({ resource, operations }) =>
      operations.map((operation) => ({
        principal: principalOf(user),
        resource: `${resource.type} ${resource.name}`,
        operation,
      })),
    );
    await admin.createAcls({ acl: acls.filter(({ operation }) => operation !== "Write").map(aclEntry) });
    expect((await replay(user)).err).toContain(`User:CN=${user} lacks an ACL: Write on topic task-events`);
    await admin.createAcls({ acl: acls.map(aclEntry) });
    const done = await replay(user);
    expect([done.code, done.err]).toEqual([0, ""]);
    expect(done.out).toContain("1 sent");
    expect((await replay(user)).out).toContain("not sent: 1, sent by an earlier replay");
  }, 60_000);
});

describe("forwarded ports", () => {
  test("lead to a broker whose own name means nothing here, also when another is away", async () => {
    const clusterAuthority = await createAuthority(folder.path, "forwarded-ca");
    const [forwarded] = await Promise.all([
      startKafka({
        tls: { clusterAuthority, clientsAuthority, superUsers: ["admin"] },
        // A name in its certificate, and a port at which nobody listens.
        properties: { "advertised.listeners": "CLIENT://localhost:1" },
      }),
    ]);
    try {
      writeFileSync(file("forwarded.pem"), clusterAuthority.certificate);
      const [, , ...rest] = await filesOf("admin");
      const { code, out, err } = await topics([
        ...["diff", "--env", "dev", "--topics-only", "--brokers", `127.0.0.1:1,${forwarded.bootstrap.join(",")}`],
        ...["--ca", file("forwarded.pem"), ...rest],
      ]);
      expect([code, err]).toEqual([1, ""]);
      expect(out).toContain("topic task-events is missing");
    } finally {
      await forwarded.stop();
    }
  }, 120_000);
});
