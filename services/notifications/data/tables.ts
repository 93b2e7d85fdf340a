/** Rows of notifications as PostgreSQL keeps them; they never leave the service. */
import type { JSONColumnType } from "kysely";
import type { OutsideChannel } from "#contracts/http/notifications";
import type { KitTables } from "#kit/kit-tables";

/** The schedule: what tasks asked for. */
export interface RemindersTable {
  readonly id: string;
  readonly task_id: string;
  readonly user_id: string;
  /** What a claim at tasks must name. */
  readonly task_version: number;
  readonly fire_at: Date;
  readonly state: "scheduled" | "fired" | "cancelled";
}

/** What the app shows. The id is derived from the reminder's: a reminder has one. */
export interface NotificationsTable {
  readonly id: string;
  readonly user_id: string;
  readonly task_id: string;
  readonly title: string;
  readonly sent_at: Date;
  readonly read_at: Date | null;
}

export interface ChannelsTable {
  readonly user_id: string;
  readonly email_enabled: boolean;
  readonly email_address: string | null;
  readonly email_confirmed_at: Date | null;
  readonly webhook_enabled: boolean;
  readonly webhook_url: string | null;
}

/** The code that was last sent to an address, and how many were sent within a day. */
export interface CodesTable {
  readonly user_id: string;
  readonly address: string;
  readonly digest: Buffer;
  readonly expires_at: Date;
  readonly attempts: number;
  readonly sent_at: Date;
  readonly counted_from: Date;
  readonly sent: number;
}

/** What a mail or webhook says. */
export type Message =
  | {
      readonly kind: "reminder";
      readonly taskId: string;
      readonly title: string;
      readonly due: string | null;
      readonly timeZone: string;
      readonly sentAt: string;
    }
  | { readonly kind: "test"; readonly sentAt: string }
  | { readonly kind: "code"; readonly code: string };

export interface DeliveriesTable {
  readonly id: string;
  readonly user_id: string;
  readonly notification_id: string | null;
  readonly channel: OutsideChannel;
  readonly target: string;
  /** Null once a code was delivered or given up. */
  readonly message: JSONColumnType<Message> | null;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  /** While an attempt runs, when it counts as lost. */
  readonly next_attempt_at: Date | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

export interface Tables {
  readonly reminders: RemindersTable;
  readonly notifications: NotificationsTable;
  readonly channels: ChannelsTable;
  readonly codes: CodesTable;
  readonly deliveries: DeliveriesTable;
}

export type DB = Tables & KitTables;
