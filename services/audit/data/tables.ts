/** Rows of audit as PostgreSQL keeps them; they never leave the service. */
import type { Generated, GeneratedAlways } from "kysely";
import type { KitTables } from "#kit/kit-tables";

/** One event, for good. The sealer gives it its place in the user's chain once; nothing else of a row ever changes. */
export interface EventsTable {
  /** Order of recording, with gaps. */
  readonly position: GeneratedAlways<number>;
  /** CloudEvents id. */
  readonly id: string;
  readonly user_id: string;
  readonly type: string;
  readonly time: Date;
  /** Commits to the payload without telling anything of it. */
  readonly digest: Buffer;
  readonly sequence: Generated<number | null>;
  readonly hash: Generated<Buffer | null>;
  readonly seal: Generated<number | null>;
}

/** What can be read of an event; erasure deletes the row. */
export interface PayloadsTable {
  readonly position: number;
  readonly user_id: string;
  readonly task_id: string | null;
  readonly time: Date;
  readonly salt: Buffer;
  /** The CloudEvent as JSON, byte by byte what the digest was made of. */
  readonly payload: string;
}

/** The last link of each chain: a chain that ends before it was cut. */
export interface HeadsTable {
  readonly user_id: string;
  readonly sequence: number;
  readonly hash: Buffer;
}

/** One a batch of the sealer, chained among themselves: they hold the heads of all users in place. */
export interface SealsTable {
  readonly number: number;
  readonly sealed_at: Date;
  readonly events: number;
  readonly digest: Buffer;
  readonly hash: Buffer;
}

/** What statistics need to know of a task: of its highest version. */
export interface TaskStatesTable {
  readonly task_id: string;
  readonly user_id: string;
  readonly version: number;
  readonly completed_at: Date | null;
  /** Null for tasks that are done, deleted or due at no time. */
  readonly overdue_from: Date | null;
}

/** Tasks created and completed in a quarter of an hour: every time zone's days consist of whole ones. */
export interface ActivityTable {
  readonly user_id: string;
  readonly quarter: Date;
  readonly created: number;
  readonly completed: number;
}

/** Of all users together, in shards so that they do not wait for each other; survives erasure, as it tells of nobody. */
export interface TotalsTable {
  readonly shard: number;
  readonly created: number;
  readonly completed: number;
}

export interface Tables {
  readonly events: EventsTable;
  readonly payloads: PayloadsTable;
  readonly heads: HeadsTable;
  readonly seals: SealsTable;
  readonly task_states: TaskStatesTable;
  readonly activity: ActivityTable;
  readonly totals: TotalsTable;
}

export type DB = Tables & KitTables;
