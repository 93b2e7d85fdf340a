/** Tickets open one WebSocket: browsers cannot send a token with the handshake, and an address is no place for one. */
import { createHash, randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { TICKET_SECONDS, type Ticket } from "#contracts/http/realtime";
import { guardUser } from "#kit/tombstones";
import type { RealtimeContext } from "../context.ts";

const BYTES = 32;
const FORM = /^[\w-]{43}$/;

/** Longer than a ticket is good for: one that expired between the two steps of redeeming it could be used twice. */
const KEPT_SECONDS = 2 * TICKET_SECONDS;

const stored = z.object({ userId: z.string(), expiresAt: z.number(), used: z.boolean() });

/** Who can read the store cannot use what he finds. */
const keyOf = (ticket: string): string => `ticket-${createHash("sha256").update(ticket).digest("hex")}`;

/** @throws AppError `not-authenticated` when the account was erased */
export async function createTicket({ handle, transaction, clock }: RealtimeContext, userId: string): Promise<Ticket> {
  await transaction((own) => guardUser(own, userId));
  const ticket = randomBytes(BYTES).toString("base64url");
  const expiresAt = new Date(clock.now().getTime() + TICKET_SECONDS * 1000);
  await handle.state.set(
    keyOf(ticket),
    { userId, expiresAt: expiresAt.getTime(), used: false },
    { ttlSeconds: KEPT_SECONDS, etag: null },
  );
  return { ticket, expiresAt: expiresAt.toISOString() };
}

/**
 * Uses a ticket up. Of two who come with the same one, one gets in.
 * @returns the user, or undefined for a ticket that is unknown, used or too old
 */
export async function redeemTicket({ handle, clock }: RealtimeContext, ticket: string): Promise<string | undefined> {
  if (!FORM.test(ticket)) return undefined;
  const key = keyOf(ticket);
  const found = await handle.state.get(key);
  const value = stored.safeParse(found?.value);
  if (!found || !value.success || value.data.used || value.data.expiresAt <= clock.now().getTime()) return undefined;
  // Written over, not deleted: Redis deletes what is gone already without complaint, whatever the ETag.
  const first = await handle.state.set(
    key,
    { ...value.data, used: true },
    { etag: found.etag, ttlSeconds: KEPT_SECONDS },
  );
  return first ? value.data.userId : undefined;
}
