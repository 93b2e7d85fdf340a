/** Tables that the kit keeps in every service's schema. */
import { type Generated, type Kysely, sql } from "kysely";

export interface OutboxTable {
  /** Order of publication within a key: taken while the aggregate's row is locked. */
  readonly id: Generated<number>;
  readonly event_id: Generated<string>;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly subject: string;
  readonly user_id: string;
  readonly aggregate_version: number;
  readonly data: unknown;
  readonly time: Generated<Date>;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export interface InboxTable {
  readonly consumer: string;
  readonly event_id: string;
  /** Empty for the first delivery; a replay has an id of its own and is a delivery of its own. */
  readonly replay_id: string;
  readonly processed_at: Generated<Date>;
}

export interface InboxVersionsTable {
  readonly consumer: string;
  readonly subject: string;
  readonly version: number;
  readonly updated_at: Generated<Date>;
}

/** Why an event could not be processed: its dead letter copy carries no reason. */
export interface PoisonTable {
  readonly consumer: string;
  readonly event_id: string;
  readonly type: string;
  readonly reason: string;
  readonly attempts: Generated<number>;
  readonly first_at: Generated<Date>;
  readonly last_at: Generated<Date>;
}

/** Accounts that were erased: nothing of theirs may be written again, also by an event that arrives late. */
export interface TombstonesTable {
  readonly user_id: string;
  readonly deleted_at: Date;
}

export interface KitTables {
  readonly outbox: OutboxTable;
  readonly inbox: InboxTable;
  readonly inbox_versions: InboxVersionsTable;
  readonly poison: PoisonTable;
  readonly tombstones: TombstonesTable;
}

/** First migration of every service. `event_id` and `time` have defaults, so that triggers can fill the outbox too. */
export async function createKitTables(db: Kysely<never>): Promise<void> {
  await sql`
    create table outbox (
      id bigint generated always as identity primary key,
      event_id uuid not null unique default gen_random_uuid(),
      topic text not null,
      key text not null,
      type text not null,
      subject text not null,
      user_id text not null,
      aggregate_version integer not null,
      data jsonb not null,
      time timestamptz not null default now(),
      traceparent text,
      tracestate text
    )`.execute(db);
  await sql`
    create table inbox (
      consumer text not null,
      event_id uuid not null,
      replay_id text not null default '',
      processed_at timestamptz not null default now(),
      primary key (consumer, event_id, replay_id)
    )`.execute(db);
  await sql`create index inbox_processed_at on inbox using brin (processed_at)`.execute(db);
  await sql`
    create table inbox_versions (
      consumer text not null,
      subject text not null,
      version integer not null,
      updated_at timestamptz not null default now(),
      primary key (consumer, subject)
    )`.execute(db);
  await sql`
    create table poison (
      consumer text not null,
      event_id text not null,
      type text not null,
      reason text not null,
      attempts integer not null default 1,
      first_at timestamptz not null default now(),
      last_at timestamptz not null default now(),
      primary key (consumer, event_id)
    )`.execute(db);
  await sql`create table tombstones (user_id text primary key, deleted_at timestamptz not null)`.execute(db);
}
