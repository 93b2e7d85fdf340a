/** Keyset pages, newest first: where one ended, as clients carry it about. */
import * as z from "zod/mini";
import { instant, uuid } from "#contracts/primitives";
import { AppError } from "#kit/errors";

export interface Key {
  readonly time: Date;
  readonly id: string;
}

const shape = z.tuple([instant, uuid]);

export const cursorOf = ({ time, id }: Key): string =>
  Buffer.from(JSON.stringify([time.toISOString(), id])).toString("base64url");

/** @throws AppError `invalid-request` for a cursor that was not made by `cursorOf` */
export function keyOf(cursor: string | undefined): Key | undefined {
  if (cursor === undefined) return undefined;
  const parsed = z.safeParse(shape, decoded(cursor));
  if (parsed.success) return { time: new Date(parsed.data[0]), id: parsed.data[1] };
  const message = "is not one of ours: begin with the first page";
  throw new AppError("invalid-request", `query.cursor: ${message}`, { errors: [{ path: "query.cursor", message }] });
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** One row more than the page was read, to know whether there is another. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  key: (row: T) => Key,
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(key(last)) : null };
}
