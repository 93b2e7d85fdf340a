/** Rows of tasks as PostgreSQL keeps them; they never leave the service. */
import type { ColumnType, Generated, Selectable } from "kysely";
import type { Priority, Recurrence, Reminder } from "#contracts/task";
import type { KitTables } from "#kit/kit-tables";

/** `json`, not `jsonb`: the order of fields is kept, so that equal values read equal. */
type Json<T> = ColumnType<T, string, string>;

export interface TasksTable {
  readonly id: string;
  readonly user_id: string;
  readonly number: number;
  readonly title: string;
  readonly notes: string;
  readonly status: "open" | "completed";
  readonly priority: Priority;
  readonly tags: string[];
  /** A date or a minute, as in the contract: the text sorts as the time does. */
  readonly due: string | null;
  readonly deadline: string | null;
  readonly time_zone: string;
  readonly recurrence: Json<Recurrence | null>;
  readonly reminder: Json<Reminder | null>;
  readonly slot: string | null;
  readonly predecessor_id: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly completed_at: Date | null;
  readonly deleted_at: Date | null;
  readonly withdrawn: boolean;
  readonly untouched: boolean;
  /** `due`, or what sorts after every date. */
  readonly due_key: ColumnType<string, never, never>;
  readonly title_key: ColumnType<string, never, never>;
  readonly search: ColumnType<string, never, never>;
}

export interface RemindersTable {
  readonly id: string;
  readonly task_id: string;
  readonly user_id: string;
  readonly task_version: number;
  readonly fire_at: Date;
  /** `scheduled` and `claimed` are live: of a task there is one at most. */
  readonly state: "scheduled" | "claimed" | "sent" | "cancelled";
  readonly sent_at: Date | null;
}

/** Last short number given, by user. */
export interface CountersTable {
  readonly user_id: string;
  readonly last_number: number;
}

export interface UserSettingsTable {
  readonly user_id: string;
  readonly time_zone: string;
  readonly day_start: string;
}

export interface IdempotencyTable {
  readonly user_id: string;
  /** `key <the caller's>` or `approval <id>`. */
  readonly key: string;
  readonly digest: string;
  /** Null while the first request is being carried out, which nobody else can see. */
  readonly answer: ColumnType<unknown, string | null, string>;
  readonly created_at: Generated<Date>;
}

export interface Tables {
  readonly tasks: TasksTable;
  readonly reminders: RemindersTable;
  readonly counters: CountersTable;
  readonly user_settings: UserSettingsTable;
  readonly idempotency: IdempotencyTable;
}

export type DB = Tables & KitTables;

export type TaskRow = Omit<Selectable<TasksTable>, "due_key" | "title_key" | "search">;
