import { type Kysely, sql } from "kysely";
import type { Migrations } from "#kit/database/migrations";

/** No foreign key between events and payloads: erasure takes the one and leaves the other. */
async function createChain(db: Kysely<never>): Promise<void> {
  await sql`
    create table events (
      position bigint generated always as identity primary key,
      id uuid not null unique,
      user_id text not null,
      type text not null,
      time timestamptz(3) not null,
      digest bytea not null,
      sequence bigint,
      hash bytea,
      seal bigint,
      unique (user_id, sequence)
    )`.execute(db);
  await sql`create index events_by_time on events (user_id, time, position)`.execute(db);
  await sql`create index events_by_type on events (user_id, type, time, position)`.execute(db);
  await sql`create index events_unsealed on events (position) where sequence is null`.execute(db);
  // For replays of everybody's events: they come nearly in the order of their time.
  await sql`create index events_range on events using brin (time) with (pages_per_range = 32)`.execute(db);
  await sql`
    create table payloads (
      position bigint primary key,
      user_id text not null,
      task_id uuid,
      time timestamptz(3) not null,
      salt bytea not null,
      payload text not null
    )`.execute(db);
  await sql`create index payloads_by_user on payloads (user_id, position)`.execute(db);
  await sql`
    create index payloads_by_task on payloads (user_id, task_id, time, position) where task_id is not null`.execute(db);
  await sql`create table heads (user_id text primary key, sequence bigint not null, hash bytea not null)`.execute(db);
  await sql`
    create table seals (
      number bigint primary key,
      sealed_at timestamptz(3) not null,
      events integer not null,
      digest bytea not null,
      hash bytea not null
    )`.execute(db);
}

async function createStatistics(db: Kysely<never>): Promise<void> {
  await sql`
    create table task_states (
      task_id uuid primary key,
      user_id text not null,
      version integer not null,
      completed_at timestamptz,
      overdue_from timestamptz
    )`.execute(db);
  await sql`
    create index task_states_due on task_states (user_id, overdue_from) where overdue_from is not null`.execute(db);
  await sql`create index task_states_due_all on task_states (overdue_from) where overdue_from is not null`.execute(db);
  await sql`
    create table activity (
      user_id text not null,
      quarter timestamptz not null,
      created integer not null,
      completed integer not null,
      primary key (user_id, quarter)
    )`.execute(db);
  await sql`
    create table totals (shard integer primary key, created bigint not null, completed bigint not null)`.execute(db);
}

export const migrations: Migrations = {
  "0001_audit": {
    up: async (db) => {
      await createChain(db);
      await createStatistics(db);
    },
  },
};
