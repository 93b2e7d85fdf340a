/** Turns a delivered CloudEvent into an effect that happens once. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Logger } from "pino";
import * as z from "zod/mini";
import { type EventContract, type EventOf, parseEvent } from "#contracts/events/define";
import { isDatabaseAway } from "../database/database.ts";
import { later } from "../database/frugal-pool.ts";
import { isNotEntered } from "../database/kit-functions.ts";
import { inTransaction } from "../database/transaction.ts";
import type { KitTables } from "../kit-tables.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export interface EventDelivery<DB> {
  /** The effect's transaction: the inbox entry is written in it too, so both happen or neither. */
  readonly transaction: Transaction<DB>;
  /** Set when the event is delivered again on purpose. */
  readonly replayId: string | undefined;
  /** Runs once the effect is committed, for what others may only hear of then. Best effort: a crash loses it. */
  afterCommit(work: () => void): void;
}

export interface SubscribeOptions {
  /**
   * `latest`: an event below the version already seen of its subject is acknowledged unread (redriven events come late).
   * `all`: every event counts, in whatever order. @default "latest"
   */
  readonly order?: "latest" | "all";
  /** `refuse`: an event that is replayed has no effect; for consumers that act on the world. @default "refuse" */
  readonly replays?: "refuse" | "accept";
  /**
   * `before`: it is known that the event may have its effect before the handler runs. `with-rows`: it travels with the handler's first
   * statement, which fails otherwise; for handlers that do nothing before it but read the event.
   * @default "before"
   */
  readonly entrance?: "before" | "with-rows";
  /** Take events of accounts that were erased too. @default false */
  readonly erased?: boolean;
}

/** The event can never be processed: it goes to the dead letter topic at once, with the reason kept. */
export class PoisonError extends Error {
  override readonly name = "PoisonError";
}

/** What the sidecar is told: `DROP` is the dead letter topic, `RETRY` the retry policy and then the same. */
export type DeliveryStatus = "SUCCESS" | "RETRY" | "DROP";

type Outcome = "processed" | "duplicate" | "stale" | "refused" | "failed";

type AnyHandler = (event: EventOf<EventContract>, delivery: EventDelivery<KitTables>) => Promise<void>;

export interface SubscriberProps {
  readonly db: Kysely<KitTables>;
  readonly topic: string;
  readonly contract: EventContract;
  /** By event type. */
  readonly handlers: Readonly<Record<string, AnyHandler | undefined>>;
  readonly options: SubscribeOptions;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** After the effect's commit: what it published has to go out. */
  readonly onCommit: () => void;
}

/** Extension attribute that a replay sets. */
const replayed = z.object({ replayid: z.optional(z.string().check(z.minLength(1), z.maxLength(100))) });

/** @returns what to do with one delivery; never throws, whatever arrives */
export function subscriber(props: SubscriberProps): (body: unknown) => Promise<DeliveryStatus> {
  const { topic, metrics, log } = props;
  const consumed = metrics.counter("todo_events_consumed_total");
  const retried = metrics.counter("todo_events_retried_total");
  const deadLettered = metrics.counter("todo_events_dead_lettered_total");
  const latency = metrics.histogram("todo_event_latency_seconds");
  const handling = metrics.histogram("todo_event_handling_duration_seconds");

  const count = (outcome: Outcome, status: DeliveryStatus): DeliveryStatus => {
    consumed.inc({ topic, outcome });
    if (status === "RETRY") retried.inc({ topic });
    if (status === "DROP") deadLettered.inc({ topic });
    return status;
  };

  return async (body) => {
    const parsed = parseEvent(props.contract, body);
    if (!parsed.ok) {
      const reason = parsed.problems.join("; ");
      log.error({ topic, reason }, "an event that is not what its contract says");
      return count("failed", await givenUp(props, idOf(body), typeOf(body), reason));
    }
    const { event } = parsed;
    const end = handling.startTimer({ topic });
    try {
      const outcome = await effect(props, event, z.safeParse(replayed, body).data?.replayid);
      if (outcome === "processed") {
        props.onCommit();
        latency.observe({ topic }, Math.max(0, (Date.now() - Date.parse(event.time)) / 1000));
      }
      return count(outcome, "SUCCESS");
    } catch (err) {
      const poison = err instanceof PoisonError;
      log.warn({ err, topic, eventId: event.id, type: event.type, poison }, "an event was not processed");
      const kept = await givenUp(props, event.id, event.type, reasonOf(err));
      return count("failed", poison ? kept : "RETRY");
    } finally {
      end();
    }
  };
}

async function effect(
  { db, topic, handlers, options }: SubscriberProps,
  event: EventOf<EventContract>,
  replayId: string | undefined,
): Promise<Outcome> {
  const handler = handlers[event.type];
  if (!handler || (replayId !== undefined && options.replays !== "accept")) return "refused";
  const entry = { consumer: topic, event, replayId, options };
  let afterwards: (() => void)[] = [];
  const run = (ask: Enter): Promise<Outcome> =>
    inTransaction<KitTables, Outcome>(db, async (transaction) => {
      afterwards = [];
      const entrance = await ask(transaction, entry);
      if (entrance !== "first") return entrance;
      await handler(event, { transaction, replayId, afterCommit: (work) => afterwards.push(work) });
      return "processed";
    });
  const runWithRows = (): Promise<Outcome> =>
    run(enterLater).catch((error: unknown) => {
      if (isNotEntered(error)) return run(enter);
      throw error;
    });
  const outcome = await (options.entrance === "with-rows" ? runWithRows() : run(enter));
  for (const work of afterwards) work();
  return outcome;
}

interface Entry {
  readonly consumer: string;
  readonly event: EventOf<EventContract>;
  readonly replayId: string | undefined;
  readonly options: SubscribeOptions;
}

type Entrance = "first" | "duplicate" | "refused" | "stale";
type Enter = (transaction: Transaction<KitTables>, entry: Entry) => Promise<Entrance>;

/**
 * A second delivery that arrives meanwhile waits here for the first one's commit. Equal versions are several facts of one
 * change: all of them count.
 */
async function enter(db: Kysely<KitTables>, entry: Entry): Promise<Entrance> {
  const { rows } = await sql<{ entrance: Entrance }>`
    select inbox_enter(${entryArguments(entry)}) as entrance`.execute(db);
  return rows[0]?.entrance ?? "duplicate";
}

/** The next statement fails unless this delivery is the first. */
async function enterLater(transaction: Transaction<KitTables>, entry: Entry): Promise<"first"> {
  await later(transaction, { compile: () => sql`call inbox_guard(${entryArguments(entry)})`.compile(transaction) });
  return "first";
}

function entryArguments({ consumer, event, replayId = "", options }: Entry) {
  const { id, userid, subject, aggregateversion } = event;
  const { erased = false, order = "latest" } = options;
  const version = order === "all" ? null : aggregateversion;
  return sql`${consumer}, ${id}::uuid, ${replayId}, ${userid}, ${!erased}, ${subject}, ${version}`;
}

/**
 * In a transaction of its own, as the effect's was rolled back.
 * @returns RETRY while the database is away: an event that is given up has its reason kept
 */
async function givenUp(
  { db, topic, log }: SubscriberProps,
  eventId: string,
  type: string,
  reason: string,
): Promise<"DROP" | "RETRY"> {
  try {
    await db
      .insertInto("poison")
      .values({ consumer: topic, event_id: eventId, type, reason })
      .onConflict((conflict) =>
        conflict
          .columns(["consumer", "event_id"])
          .doUpdateSet({ reason, attempts: sql`poison.attempts + 1`, last_at: sql`now()` }),
      )
      .execute();
  } catch (err) {
    log.warn({ err, topic, eventId }, "the reason could not be kept");
    if (isDatabaseAway(err)) return "RETRY";
  }
  return "DROP";
}

const MAX_REASON = 2_000;

/** The chain of causes by name and message; no stack, which would be kept for a month. */
function reasonOf(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 5; at = at.cause) parts.push(`${at.name}: ${at.message}`);
  return (parts.join(" <- ") || String(error)).slice(0, MAX_REASON);
}

const attribute = (body: unknown, name: string): string => {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : "unknown";
};

const idOf = (body: unknown): string => attribute(body, "id");
const typeOf = (body: unknown): string => attribute(body, "type");
