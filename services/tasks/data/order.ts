/** The orders in which tasks are listed, and where a page stands in one. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { TaskFilter, TaskSort } from "#contracts/http/tasks";
import { instant, uuid } from "#contracts/primitives";
import { AppError } from "#kit/errors";
import type { TasksTable } from "./tables.ts";

export interface Order {
  /** The last one is unique within a user and status. Each is the tail of an index. */
  readonly columns: readonly (keyof TasksTable)[];
  readonly direction: "asc" | "desc";
}

const ORDERS = {
  due: ["due_key", "id"],
  priority: ["priority", "due_key", "id"],
  created: ["number"],
  updated: ["updated_at", "id"],
  title: ["title_key", "id"],
} as const satisfies Record<string, readonly (keyof TasksTable)[]>;

export function orderOf(sort: TaskSort): Order {
  const descending = sort.startsWith("-");
  const name = (descending ? sort.slice(1) : sort) as keyof typeof ORDERS;
  return { columns: ORDERS[name], direction: descending ? "desc" : "asc" };
}

/** Values of the order's columns in the last task of a page. */
export type CursorKeys = readonly (string | number)[];

const text = z.string().check(
  z.maxLength(500),
  z.refine((value) => !value.includes("\0")),
);
const keySchemas: Partial<Record<keyof TasksTable, z.ZodMiniType<string | number>>> = {
  due_key: text,
  priority: text,
  title_key: text,
  id: uuid,
  number: z.int().check(z.minimum(0), z.maximum(2_147_483_647)),
  updated_at: instant,
};

/** What a cursor goes on with must be what it began with. */
const fingerprint = (filter: TaskFilter, sort: TaskSort): string =>
  createHash("sha256")
    .update(JSON.stringify([filter, sort]))
    .digest("base64url")
    .slice(0, 12);

const cursorSchema = z.tuple([z.string(), z.array(z.union([z.string(), z.number()]))]);

export const cursorOf = (keys: CursorKeys, filter: TaskFilter, sort: TaskSort): string =>
  Buffer.from(JSON.stringify([fingerprint(filter, sort), keys])).toString("base64url");

/** @throws AppError `invalid-request` for a cursor that was not made by `cursorOf` with this filter and sort */
export function keysOf(cursor: string, filter: TaskFilter, sort: TaskSort): CursorKeys {
  const wrong = (message: string): AppError =>
    new AppError("invalid-request", `query.cursor: ${message}`, { errors: [{ path: "query.cursor", message }] });
  const parsed = z.safeParse(cursorSchema, decoded(cursor));
  if (!parsed.success) throw wrong("is not one of ours: begin with the first page");
  const [made, keys] = parsed.data;
  if (made !== fingerprint(filter, sort)) throw wrong("belongs to another filter or sort: begin with the first page");
  const { columns } = orderOf(sort);
  const fits = keys.length === columns.length && columns.every((c, i) => keySchemas[c]?.safeParse(keys[i]).success);
  if (!fits) throw wrong("is not one of ours: begin with the first page");
  return keys;
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
