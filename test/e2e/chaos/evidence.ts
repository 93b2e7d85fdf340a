/** Everything that is left of a run, for the invariants to judge: rows, records, offsets and what people were told. */
import pg from "pg";
import { schemaName } from "#model/names";
import { deadLetterTopicOf } from "#model/system";
import { todo } from "#system";
import { serviceNames } from "#test/system/support";
import type { KafkaAccess } from "#topics/connection";
import { readLag } from "#topics/lag";
import { readWindows } from "#topics/read-ranges";
import type { Injected } from "./inject.ts";
import type { Loaded } from "./load.ts";
import type { ChaosProduct } from "./product.ts";
import type { Seen } from "./screens.ts";

export interface TaskRow {
  readonly id: string;
  readonly userId: string;
  readonly title: string;
  readonly status: string;
  readonly version: number;
  readonly predecessorId: string | null;
  readonly deleted: boolean;
}

/** A record of a topic that is an event. */
export interface EventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  /** Who published it. */
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly version: number;
  readonly userId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Offsets {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: string | null;
  readonly end: string;
}

export interface Received {
  readonly service: string;
  readonly topic: string;
  readonly eventId: string;
}

export interface Audited {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly sequence: number | null;
}

export interface Evidence {
  readonly loaded: Pick<Loaded, "tasks" | "newcomers" | "blames" | "unanswered">;
  readonly users: readonly string[];
  readonly injected: readonly Injected[];
  readonly tasks: readonly TaskRow[];
  /** In the order of each partition; what is no event is left out. */
  readonly events: readonly EventRecord[];
  /** Values, as text. */
  readonly deadLetters: readonly string[];
  readonly offsets: readonly Offsets[];
  /** Events that are not published yet, by service. */
  readonly outbox: readonly { readonly service: string; readonly eventId: string }[];
  readonly inbox: readonly Received[];
  /** Why something was not processed at first, or never. */
  readonly poison: readonly (Received & { readonly reason: string })[];
  readonly audit: readonly Audited[];
  readonly auditVerification: { readonly code: number; readonly stdout: string; readonly stderr: string };
  /** Times in milliseconds; `fireAt`: of the reminder's own row, null where there is none that fired. */
  readonly notifications: readonly {
    readonly taskId: string;
    readonly sentAt: number;
    readonly fireAt: number | null;
  }[];
  readonly feed: readonly {
    readonly userId: string;
    readonly seq: number;
    readonly type: string;
    readonly data: unknown;
  }[];
  readonly screens: readonly Seen[];
}

/** What PostgreSQL and Kafka hold. */
export type Kept = Omit<Evidence, "loaded" | "injected" | "screens" | "auditVerification">;

/** Queries as the superuser, in the schema of a service. */
export type Rows = <T extends object>(service: string, text: string) => Promise<T[]>;

/** Runs `work` with queries as the superuser, past every proxy. */
export async function withRows<T>({ databaseUrl }: ChaosProduct, work: (rows: Rows) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(async <R extends object>(service: string, text: string) => {
      await client.query(`set search_path to ${client.escapeIdentifier(schemaName(service))}`);
      return (await client.query<R>(text)).rows;
    });
  } finally {
    await client.end();
  }
}

/** Runs `work` as Kafka's administrator. */
export async function withAdmin<T>({ sidecars }: ChaosProduct, work: (access: KafkaAccess) => Promise<T>): Promise<T> {
  const kafka = sidecars.platform.kafka.clientOf("admin");
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work({ kafka, admin, principal: "User:CN=admin" });
  } finally {
    await admin.disconnect();
  }
}

export const offsetsOf = (access: KafkaAccess): Promise<Offsets[]> =>
  readLag(access, todo, Date.now()).then((lags) =>
    lags.flatMap(({ consumer, partitions }) =>
      partitions.map(({ topic, partition, committed, end }) => ({ consumer, topic, partition, committed, end })),
    ),
  );

export async function outboxOf(rows: Rows): Promise<Evidence["outbox"]> {
  const left: { service: string; eventId: string }[] = [];
  for (const service of serviceNames) {
    const found = await rows<{ eventId: string }>(service, `select event_id as "eventId" from outbox limit 20`);
    left.push(...found.map(({ eventId }) => ({ service, eventId })));
  }
  return left;
}

export const gather = (product: ChaosProduct): Promise<Kept> =>
  withRows(product, async (rows) => ({ ...(await withAdmin(product, inKafka)), ...(await inDatabase(rows)) }));

async function inKafka(access: KafkaAccess): Promise<Pick<Kept, "events" | "deadLetters" | "offsets">> {
  const [deadLetterTopic] = deadLetterTopicOf(todo);
  const topics = Object.keys(todo.topics);
  const records = await readWindows(
    access,
    topics.map((topic) => ({ topic })),
  );
  const dead = records.filter(({ topic }) => topic === deadLetterTopic);
  return {
    offsets: await offsetsOf(access),
    deadLetters: dead.map(({ value }) => value?.toString("utf8") ?? ""),
    events: records
      .filter(({ topic }) => topic !== deadLetterTopic)
      .flatMap(({ topic, partition, offset, value }) =>
        eventOf({ topic, partition, offset: Number(offset) }, value?.toString("utf8") ?? ""),
      ),
  };
}

/** @returns nothing for what is no event */
export function eventOf(place: Pick<EventRecord, "topic" | "partition" | "offset">, text: string): EventRecord[] {
  try {
    const { id, source, type, subject, aggregateversion: version, userid: userId, data } = JSON.parse(text);
    return [{ ...place, id, source, type, subject, version, userId, data }];
  } catch {
    return [];
  }
}

export async function inDatabase(rows: Rows): Promise<Omit<Kept, "events" | "deadLetters" | "offsets">> {
  const received: Received[] = [];
  const poison: Evidence["poison"][number][] = [];
  for (const service of serviceNames) {
    const inbox = await rows<{ topic: string; eventId: string }>(
      service,
      `select consumer as topic, event_id as "eventId" from inbox`,
    );
    received.push(...inbox.map((row) => ({ service, ...row })));
    const kept = await rows<{ topic: string; eventId: string; reason: string }>(
      service,
      `select consumer as topic, event_id as "eventId", reason from poison`,
    );
    poison.push(...kept.map((row) => ({ service, ...row })));
  }
  return {
    outbox: await outboxOf(rows),
    inbox: received,
    poison,
    users: (await rows<{ id: string }>("gateway", `select id from users`)).map(({ id }) => id),
    tasks: await rows<TaskRow>(
      "tasks",
      `select id, user_id as "userId", title, status, version, predecessor_id as "predecessorId",
              deleted_at is not null or withdrawn as deleted from tasks`,
    ),
    audit: await rows<Audited>("audit", `select id, user_id as "userId", type, sequence::int from events`),
    notifications: await rows(
      "notifications",
      `select n.task_id as "taskId", (extract(epoch from n.sent_at) * 1000)::float8 as "sentAt",
              (extract(epoch from r.fire_at) * 1000)::float8 as "fireAt"
         from notifications n left join reminders r on r.task_id = n.task_id and r.state = 'fired'`,
    ),
    feed: await rows("realtime", `select user_id as "userId", seq::int, type, data from feed order by user_id, seq`),
  };
}
