/** Where a page ended, as clients carry it about. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { instant } from "#contracts/primitives";
import { AppError } from "#kit/errors";
import type { EventFilter, EventKey } from "../data/list.ts";

const shape = z.tuple([z.string(), instant, z.int().check(z.minimum(0))]);

/** What a cursor goes on with must be what it began with. */
const fingerprint = ({ type, taskId, from, to }: EventFilter): string =>
  createHash("sha256")
    .update(JSON.stringify([type ?? null, taskId ?? null, from ?? null, to ?? null]))
    .digest("base64url")
    .slice(0, 12);

export const cursorOf = ({ time, position }: EventKey, filter: EventFilter): string =>
  Buffer.from(JSON.stringify([fingerprint(filter), time.toISOString(), position])).toString("base64url");

/** @throws AppError `invalid-request` for a cursor that was not made by `cursorOf` with this filter */
export function keyOf(cursor: string, filter: EventFilter): EventKey {
  const parsed = z.safeParse(shape, decoded(cursor));
  if (!parsed.success) throw wrong("is not one of ours: begin with the first page");
  const [made, time, position] = parsed.data;
  if (made !== fingerprint(filter)) throw wrong("belongs to another filter: begin with the first page");
  return { time: new Date(time), position };
}

const wrong = (message: string): AppError =>
  new AppError("invalid-request", `query.cursor: ${message}`, { errors: [{ path: "query.cursor", message }] });

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
