import type { ColumnType } from "kysely";
import type { KitTables } from "#kit/kit-tables";

/** What a user's screens are told, in order and without gaps; the oldest go first. */
export interface FeedTable {
  readonly user_id: string;
  readonly seq: number;
  readonly type: string;
  /** Written and read as text: nobody here looks into it. */
  readonly data: ColumnType<unknown, string, never>;
  readonly created_at: Date;
}

/** The newest position of each user. Its row is locked until the commit, so positions become visible in their order. */
export interface HeadsTable {
  readonly user_id: string;
  readonly seq: number;
}

export interface Tables {
  readonly feed: FeedTable;
  readonly heads: HeadsTable;
}

export type DB = Tables & KitTables;
