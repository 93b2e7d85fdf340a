/**
 * From the commit of an event to the commit of its effect, against a bare echo: daprd and Kafka alone. Events of tasks are
 * committed as its own transactions would, audit keeps them; both commits are timed by the database itself.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { signedUp } from "../http-client.ts";
import { median } from "../quantiles.ts";
import type { BesideBare, Running } from "./start.ts";
import type { Turn } from "./statistics.ts";

const TOPIC = "task-events";
/** Between bursts, so that one does not meet the rest of the one before. */
const PAUSE_MS = 25;
/** Effects have their own times: to look more often would only take the processor from what is measured. */
const LOOK_EVERY_MS = 20;
const WITHIN_MS = 60_000;
/** People that the events belong to, where they are more than are at it at once. */
const USERS = 50;
/** Publications under way at once, as the relay of the kit has. */
const RELAY_CONCURRENCY = 64;

/** One event as the wire has it; each sent is a copy with ids of its own. */
export interface EventTemplate {
  readonly [attribute: string]: unknown;
  readonly type: string;
  readonly data: { readonly taskId: string; readonly task: object };
}

interface Event extends EventTemplate {
  readonly id: string;
  readonly partitionkey: string;
  readonly userid: string;
}

/** A task is made as people make one; what audit keeps of it has the size and shape of all that are sent later. */
export async function eventTemplate({ origin, database }: Running): Promise<EventTemplate> {
  const client = await signedUp(origin, 1_000_000);
  await client.post("/api/v1/tasks", { title: "pay the rent", due: "2030-01-01" });
  const find = async (): Promise<string | undefined> => {
    const { rows } = await database.query<{ payload: string }>(
      "select payload from audit.payloads p join audit.events e using (position) where e.type = 'dev.todo.task.created.v1'",
    );
    return rows[0]?.payload;
  };
  const payload = await until("audit keeps the first task", find);
  return JSON.parse(payload) as EventTemplate;
}

export function eventsFrom(template: EventTemplate, count: number): Event[] {
  return Array.from({ length: count }, (_, index) => {
    const [id, taskId, userid] = [randomUUID(), randomUUID(), `bench-${index % USERS}`];
    const data = { ...template.data, taskId, task: { ...template.data.task, id: taskId } };
    return { ...template, id, subject: taskId, partitionkey: taskId, userid, aggregateversion: 1, data };
  });
}

/** `atOnce` people do one thing in the same moment, again and again, each time when all effects are there. */
export async function productBursts(
  running: Running,
  template: EventTemplate,
  atOnce: number,
  bursts: number,
): Promise<Turn> {
  const times: number[][] = [];
  for (let burst = 0; burst < bursts; burst++) {
    const events = eventsFrom(template, atOnce);
    const before = await lastPosition(running);
    const commits = await Promise.all(events.map((event) => commit(running, [event])));
    times.push(await latencies(running, new Map(commits.flatMap((entries) => [...entries])), before));
    await delay(PAUSE_MS);
  }
  return turnOf(times);
}

/** Per second: of a burst, its events by the time until the last of them. */
const turnOf = (bursts: readonly (readonly number[])[]): Turn => ({
  times: bursts.flat(),
  rate: median(bursts.map((times) => times.length / (Math.max(...times) / 1000))),
});

/** All are committed together; how many effects a second follow. */
export async function productBacklog(running: Running, template: EventTemplate, count: number): Promise<Turn> {
  const before = await lastPosition(running);
  const events = eventsFrom(template, count);
  const transactions = await commit(running, events);
  const times = await latencies(running, transactions, before);
  return { times, rate: count / (Math.max(...times) / 1000) };
}

/** @returns the transaction of each event, by its id */
async function commit({ database }: Running, events: readonly Event[]): Promise<Map<string, string>> {
  const { rows } = await database.query<{ event_id: string; transaction: string }>(
    `with inserted as (
       insert into tasks.outbox (event_id, topic, key, type, subject, user_id, aggregate_version, data)
       select (e->>'id')::uuid, $2, e->>'partitionkey', e->>'type', e->>'subject', e->>'userid', 1, e->'data'
       from jsonb_array_elements($1::jsonb) as e
       returning event_id
     )
     select event_id, pg_current_xact_id()::text as transaction, pg_notify('outbox_tasks', '') from inserted`,
    [JSON.stringify(events), TOPIC],
  );
  return new Map(rows.map(({ event_id, transaction }) => [event_id, transaction]));
}

/** The last that audit has given, without asking the table: what is being kept this moment has one already. */
async function lastPosition({ database }: Running): Promise<number> {
  const { rows } = await database.query<{ last_value: string }>("select last_value from audit.events_position_seq");
  return Number(rows[0]?.last_value);
}

/**
 * Milliseconds between the two commits of each, once audit keeps all. Rows of payloads never change, so that theirs is the transaction
 * of the effect.
 * @param before position before the first was committed
 */
async function latencies(
  running: Running,
  transactions: ReadonlyMap<string, string>,
  before: number,
): Promise<number[]> {
  const ids = [...transactions.keys()];
  const kept = async (): Promise<number[] | undefined> => {
    if ((await lastPosition(running)) < before + ids.length) return undefined;
    const { rows } = await running.database.query<{ milliseconds: number }>(
      `select 1000 * extract(epoch from pg_xact_commit_timestamp(payloads.xmin)
         - pg_xact_commit_timestamp(sent.transaction::xid8::xid))::float8 as milliseconds
       from unnest($1::uuid[], $2::text[]) as sent (id, transaction)
       join audit.events on events.id = sent.id
       join audit.payloads using (position)`,
      [ids, [...transactions.values()]],
    );
    return rows.length === ids.length ? rows.map(({ milliseconds }) => milliseconds) : undefined;
  };
  return until(`audit keeps ${ids.length} events`, kept);
}

export async function bareBursts(
  running: BesideBare,
  template: EventTemplate,
  atOnce: number,
  bursts: number,
): Promise<Turn> {
  const times: (readonly number[])[] = [];
  for (let burst = 0; burst < bursts; burst++) {
    times.push((await echo(running, eventsFrom(template, atOnce), atOnce)).times);
    await delay(PAUSE_MS);
  }
  return turnOf(times);
}

export async function bareBacklog(running: BesideBare, template: EventTemplate, count: number): Promise<Turn> {
  const { times, seconds } = await echo(running, eventsFrom(template, count), RELAY_CONCURRENCY);
  return { times, rate: count / seconds };
}

interface Echo {
  readonly times: readonly number[];
  /** From the first publication to the last arrival. */
  readonly seconds: number;
}

/** From before a publication begins to the arrival at the first subscriber; the others have theirs too when this ends. */
async function echo({ bare }: BesideBare, events: readonly Event[], concurrency: number): Promise<Echo> {
  const started = await json<Record<string, number>>(`${bare.front.url}/publish`, { events, concurrency });
  const arrivals = await Promise.all(
    bare.backs.map(async ({ url }) => {
      await until(`${url} has all events`, async () => {
        const { count } = await json<{ count: number }>(`${url}/received`);
        return count >= events.length ? true : undefined;
      });
      return json<Record<string, number>>(`${url}/received/take`, {});
    }),
  );
  const [received = {}] = arrivals;
  return {
    times: events.map(({ id }) => (received[id] ?? Number.NaN) - (started[id] ?? Number.NaN)),
    seconds: (Math.max(...Object.values(received)) - Math.min(...Object.values(started))) / 1000,
  };
}

async function json<T>(url: string, body?: object): Promise<T> {
  const response = await fetch(url, {
    ...(body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(WITHIN_MS),
  });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** @throws Error when it does not come true within a minute */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited a minute in vain: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
