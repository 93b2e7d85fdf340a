import type { AuditEvent, AuditPage } from "#contracts/http/audit";
import type { AuditContext } from "../context.ts";
import { type EventFilter, type ListedEvent, listEvents } from "../data/list.ts";
import type { AuditedEvent } from "../domain/audited.ts";
import { describe } from "../domain/describe.ts";
import { cursorOf, keyOf } from "./cursor.ts";

export interface PageRequest {
  readonly filter: EventFilter;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** @throws AppError `invalid-request` for a cursor of another filter */
export async function readPage(
  { db }: Pick<AuditContext, "db">,
  userId: string,
  { filter, limit, cursor }: PageRequest,
): Promise<AuditPage> {
  const before = cursor === undefined ? undefined : keyOf(cursor, filter);
  // One more than asked for tells whether there is a next page.
  const found = await listEvents(db, userId, { filter, limit: limit + 1, before });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { items: page.map(viewOf), nextCursor: last ? cursorOf(last, filter) : null };
}

function viewOf({ id, time, payload, sequence, hash }: ListedEvent): AuditEvent {
  const event = JSON.parse(payload) as AuditedEvent;
  return { id, type: event.type, time: time.toISOString(), ...describe(event), chain: placeOf(sequence, hash) };
}

export const placeOf = (sequence: number | null, hash: Buffer | null): AuditEvent["chain"] =>
  sequence === null || hash === null ? null : { sequence, hash: hash.toString("hex") };
