/**
 * Publishes what the outbox holds. One replica leads (advisory lock); it is woken by commits of its own process, by a
 * coalesced NOTIFY of the others', and by a sweep in case both were lost.
 */
import { type Kysely, sql } from "kysely";
import type { Logger } from "pino";
import { Alarm } from "../alarm.ts";
import type { KitTables } from "../kit-tables.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { OutboxRow } from "./envelope.ts";
import { Lanes, laneOf } from "./lanes.ts";
import { whileLeading } from "./leadership.ts";

export interface RelayOptions {
  readonly db: Kysely<KitTables>;
  /** Connection string past any pooler. */
  readonly directUrl: string;
  readonly ca?: string | undefined;
  readonly service: string;
  /** Tells this service's relay apart from others of the same database. */
  readonly schema: string;
  /** Resolves once the event is durable. */
  readonly publish: (row: OutboxRow) => Promise<void>;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** How long a lost wake-up may go unnoticed. @default 1,000 */
  readonly sweepMs?: number;
}

export interface Relay {
  /** Something was committed. */
  wake(): void;
  /** Whether this process is the one that publishes. */
  leads(): boolean;
  /** Finishes what is being published. */
  stop(): Promise<void>;
}

const BATCH = 256;
/** Rows held in memory: enough to keep the sidecar busy, little enough to lose nothing but time when leadership goes. */
const WINDOW = 1_024;
const CONCURRENCY = 64;
/** With so many keys blocked it is the sidecar that is away, not a key: wait instead of asking row by row. */
const OUTAGE = 128;
const NOTIFY_COALESCE_MS = 5;

export function startRelay(options: RelayOptions): Relay {
  const { db, service, schema, metrics, log } = options;
  const stopping = new AbortController();
  const channel = `outbox_${schema}`;
  const alarm = new Alarm();
  const leader = metrics.gauge("todo_outbox_leader");
  let leading = false;
  let notifyTimer: NodeJS.Timeout | undefined;
  leader.set(0);

  const running = whileLeading(
    {
      url: options.directUrl,
      ca: options.ca,
      lock: `outbox:${schema}`,
      channel,
      applicationName: `${service}-relay`,
      log,
    },
    stopping.signal,
    async (lost, onNotify) => {
      onNotify(() => alarm.ring());
      leading = true;
      leader.set(1);
      try {
        await relayUntil(lost, options, alarm);
      } finally {
        leading = false;
        leader.set(0);
      }
    },
  );

  return Object.freeze({
    wake: () => {
      if (leading) return alarm.ring();
      notifyTimer ??= setTimeout(() => {
        notifyTimer = undefined;
        // Not told to the caller: its commit stands, and the sweep finds it.
        sql`select pg_notify(${channel}, '')`
          .execute(db)
          .catch((err: unknown) => log.debug({ err }, "no notification"));
      }, NOTIFY_COALESCE_MS);
    },
    leads: () => leading,
    stop: async () => {
      clearTimeout(notifyTimer);
      stopping.abort();
      alarm.ring();
      await running;
    },
  });
}

async function relayUntil(lost: AbortSignal, options: RelayOptions, alarm: Alarm): Promise<void> {
  const { db, log, sweepMs = 1_000 } = options;
  const published = options.metrics.counter("todo_events_published_total");
  const failures = options.metrics.counter("todo_events_publish_failures_total");
  const taken = new Taken();
  /** Rows may be left in the table for want of room: only then is room a reason to look. */
  let full = false;
  const done = new PublishedRows(db, (ids) => {
    taken.release(ids);
    if (full) alarm.ring();
  });
  /** Keys that failed while rows were being read: what was read of them may lie behind what failed. */
  const failedMeanwhile = new Set<string>();
  const lanes = new Lanes({
    concurrency: CONCURRENCY,
    publish: options.publish,
    onPublished: (row) => {
      published.inc({ topic: row.topic });
      taken.published(row.id);
      done.add(row.id);
    },
    onFailed: (row, err, attempt, retryInMs) => {
      failures.inc({ topic: row.topic });
      failedMeanwhile.add(laneOf(row));
      taken.releaseLane(laneOf(row));
      log[attempt === 1 ? "warn" : "debug"](
        { err, topic: row.topic, eventId: row.event_id, attempt, retryInMs },
        "not published yet",
      );
      // The time of the next try has changed.
      alarm.ring();
    },
  });

  try {
    while (!lost.aborted) {
      const now = Date.now();
      const blocked = lanes.blocked(now);
      const room = blocked.length < OUTAGE ? Math.min(BATCH, WINDOW - taken.size) : 0;
      full = room < BATCH;
      failedMeanwhile.clear();
      const rows = room > 0 ? await nextRows(db, room, taken.ids(), blocked) : [];
      for (const row of rows) {
        if (failedMeanwhile.has(laneOf(row))) continue;
        taken.add(row.id, laneOf(row));
        lanes.add(row);
      }
      if (rows.length < BATCH) await alarm.wait(Math.min(sweepMs, Math.max(1, lanes.nextRetryAt(now) - now)), lost);
    }
  } finally {
    await lanes.close();
    await done.flush();
  }
}

const nextRows = (
  db: Kysely<KitTables>,
  limit: number,
  taken: readonly number[],
  blocked: readonly string[],
): Promise<OutboxRow[]> =>
  db
    .selectFrom("outbox")
    .selectAll()
    .where(sql<boolean>`id <> all(${sql.val(taken)}::bigint[])`)
    .where(sql<boolean>`(topic || ' ' || key) <> all(${sql.val(blocked)}::text[])`)
    .orderBy("id")
    .limit(limit)
    .execute();

/** Rows that are on their way, by id; of the published ones the row is still to be deleted. */
class Taken {
  readonly #laneOf = new Map<number, string | undefined>();

  get size(): number {
    return this.#laneOf.size;
  }

  ids(): number[] {
    return [...this.#laneOf.keys()];
  }

  add(id: number, lane: string): void {
    this.#laneOf.set(id, lane);
  }

  published(id: number): void {
    this.#laneOf.set(id, undefined);
  }

  release(ids: readonly number[]): void {
    for (const id of ids) this.#laneOf.delete(id);
  }

  releaseLane(lane: string): void {
    for (const [id, of] of this.#laneOf) if (of === lane) this.#laneOf.delete(id);
  }
}

/** Deletes published rows in batches: while one delete is under way the next collects. */
class PublishedRows {
  readonly #db: Kysely<KitTables>;
  readonly #onDeleted: (ids: readonly number[]) => void;
  #ids: number[] = [];
  #flushing: Promise<void> | undefined;

  constructor(db: Kysely<KitTables>, onDeleted: (ids: readonly number[]) => void) {
    this.#db = db;
    this.#onDeleted = onDeleted;
  }

  add(id: number): void {
    this.#ids.push(id);
    this.#flushing ??= this.#run().finally(() => {
      this.#flushing = undefined;
    });
  }

  async flush(): Promise<void> {
    await this.#flushing;
    if (this.#ids.length > 0) await this.#run();
  }

  async #run(): Promise<void> {
    while (this.#ids.length > 0) {
      const ids = this.#ids;
      this.#ids = [];
      try {
        await sql`delete from outbox where id = any(${ids}::bigint[])`.execute(this.#db);
      } catch {
        // The database is away: the relay notices for itself, and what was published twice is recognised by its id.
        this.#ids.unshift(...ids);
        return;
      }
      this.#onDeleted(ids);
    }
  }
}
