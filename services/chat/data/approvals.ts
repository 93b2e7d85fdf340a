import { createHash } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { AppError, notFound } from "#kit/errors";
import type { ApprovalRow, AskedCall, DB } from "./tables.ts";

export const APPROVAL_MINUTES = 15;
/** Longer than carrying it out takes: after that somebody may try again, under the same idempotency key. */
const TAKEN_MS = 60_000;

/** Of what was shown, in its order. */
export const digestOf = (calls: readonly AskedCall[]): string =>
  createHash("sha256")
    .update(JSON.stringify(calls.map(({ toolCallId, tool, input }) => [toolCallId, tool, input])))
    .digest("base64url");

export const pendingApprovals = (db: Kysely<DB>, userId: string, now: Date) =>
  db
    .selectFrom("approvals")
    .selectAll()
    .where("user_id", "=", userId)
    .where("status", "=", "pending")
    .where("expires_at", ">", now)
    .orderBy("created_at");

export type NewApproval = Pick<
  ApprovalRow,
  "id" | "user_id" | "conversation_id" | "message_id" | "calls" | "descriptor"
>;

export function expiryOf(now: Date): Date {
  return new Date(now.getTime() + APPROVAL_MINUTES * 60_000);
}

export async function insertApproval(transaction: Transaction<DB>, approval: NewApproval, now: Date): Promise<void> {
  const { calls, descriptor, ...rest } = approval;
  await transaction
    .insertInto("approvals")
    .values({
      ...rest,
      calls: JSON.stringify(calls),
      digest: digestOf(calls),
      descriptor: JSON.stringify(descriptor),
      status: "pending",
      created_at: now,
      expires_at: expiryOf(now),
      taken_until: null,
      done_at: null,
    })
    .execute();
}

export interface Decision {
  readonly id: string;
  readonly userId: string;
  readonly approve: boolean;
  readonly now: Date;
}

/**
 * Takes an approval, once. One that was approved by a process that died before it had carried it out may be taken again: tasks
 * knows the approval's id, so the effect happens once all the same.
 * @throws AppError `not-found`, `gone` when it has expired, `conflict` when it was decided
 */
export async function takeApproval(
  transaction: Transaction<DB>,
  { id, userId, approve, now }: Decision,
): Promise<ApprovalRow> {
  const taken = await transaction
    .updateTable("approvals")
    .set({ status: approve ? "approved" : "rejected", taken_until: new Date(now.getTime() + TAKEN_MS) })
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .where((eb) =>
      eb.or([
        eb.and([eb("status", "=", "pending"), eb("expires_at", ">", now)]),
        eb.and([
          eb("status", "=", approve ? "approved" : "rejected"),
          eb("done_at", "is", null),
          eb("taken_until", "<", now),
        ]),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  if (!taken) throw await refusal(transaction, id, userId);
  if (digestOf(taken.calls) !== taken.digest) {
    throw new AppError("internal-error", undefined, { cause: new Error(`approval ${id} is not what was shown`) });
  }
  return taken;
}

async function refusal(transaction: Transaction<DB>, id: string, userId: string): Promise<AppError> {
  const row = await transaction
    .selectFrom("approvals")
    .select("status")
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (!row) return notFound("such approval");
  if (row.status === "pending") return new AppError("gone", "The approval has expired: ask the assistant again");
  return new AppError("conflict", `This was ${row.status} already`);
}

export async function finishApproval(transaction: Transaction<DB>, id: string, now: Date): Promise<void> {
  await transaction.updateTable("approvals").set({ done_at: now }).where("id", "=", id).execute();
}

/** Whether an answer still waits for a decision, other than ones that have expired. */
export async function stillWaits(
  db: Kysely<DB>,
  conversationId: string,
  messageId: string,
  now: Date,
): Promise<boolean> {
  const row = await db
    .selectFrom("approvals")
    .select("id")
    .where("conversation_id", "=", conversationId)
    .where("message_id", "=", messageId)
    .where("status", "=", "pending")
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row !== undefined;
}
