import type { Position } from "#contracts/http/realtime";
import { AppError } from "#kit/errors";
import type { RealtimeContext } from "../context.ts";
import { positionOf } from "../data/feed.ts";

/** @throws AppError `not-authenticated` when the account was erased */
export async function position({ db }: RealtimeContext, userId: string): Promise<Position> {
  const { head, erased } = await positionOf(db, userId);
  if (erased) throw new AppError("not-authenticated");
  return { seq: head };
}
