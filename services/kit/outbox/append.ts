import { sql, type Transaction } from "kysely";
import * as z from "zod/mini";
import { aggregateVersion, userId } from "#contracts/primitives";
import type { System } from "#model/system";
import type { Topic } from "#model/topic";
import type { Clock, Ids } from "../clock.ts";
import { later } from "../database/frugal-pool.ts";
import type { KitTables } from "../kit-tables.ts";
import { traceHeaders } from "../telemetry/tracing.ts";
import type { NewEvent } from "./event.ts";

/** A service tried to say something that its topic's contract does not allow. */
export class EventContractError extends Error {
  override readonly name = "EventContractError";
}

export type Append = (transaction: unknown, topic: string, events: readonly NewEvent[]) => Promise<void>;

/** Writes events into the outbox of the transaction, each validated by its topic's contract. */
export const appendToOutbox =
  (model: System, clock: Clock, ids: Ids): Append =>
  async (transaction, topic, events) => {
    if (events.length === 0) return;
    const declared = model.topics[topic];
    if (declared?.kind !== "topic") throw new EventContractError(`"${topic}" is no topic of events`);
    const trace = traceHeaders();
    const rows = events.map((event) => rowOf(declared, topic, event, clock, ids, trace));
    const own = transaction as Transaction<KitTables>;
    await later(own, own.insertInto("outbox").values(rows));
  };

const about = z.object({ userId, aggregateVersion });

function rowOf(declared: Topic, topic: string, event: NewEvent, clock: Clock, ids: Ids, trace: Trace) {
  const schema = Object.hasOwn(declared.events.data, event.type)
    ? declared.events.data[event.type as keyof typeof declared.events.data]
    : undefined;
  if (!schema) throw new EventContractError(`events of ${topic} have no type "${event.type}"`);
  const data = z.safeParse(schema, event.data);
  const who = z.safeParse(about, event);
  const problem = data.error ?? who.error;
  if (problem || !data.success) {
    const where = problem?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new EventContractError(`${event.type} on ${topic} is not what its contract says: ${where}`);
  }
  const key = String((data.data as Record<string, unknown>)[declared.key]);
  return {
    event_id: ids.next(),
    topic,
    key,
    type: event.type,
    subject: event.subject ?? key,
    user_id: event.userId,
    aggregate_version: event.aggregateVersion,
    data: sql<unknown>`${JSON.stringify(data.data)}::jsonb`,
    time: clock.now(),
    traceparent: trace.traceparent ?? null,
    tracestate: trace.tracestate ?? null,
  };
}

type Trace = ReturnType<typeof traceHeaders>;
