import { type Kysely, sql } from "kysely";
import type { Migrations } from "#kit/database/migrations";

/**
 * `search` holds words as they are (any language) and by their English stem; tags and the user
 * with the status are lexemes of their own, with a sign and a space that no parsed word has: so one GIN index answers for
 * one user's open or completed tasks.
 */
async function createTasks(db: Kysely<never>): Promise<void> {
  await sql`
    create function tag_lexemes(tags text[]) returns text[]
    language sql immutable parallel safe
    return (select coalesce(array_agg('#tag ' || lower(tag)), '{}') from unnest(tags) as tag)`.execute(db);
  await sql`
    create table tasks (
      id uuid primary key,
      user_id text not null,
      number integer not null,
      title text not null,
      notes text not null,
      status text not null check (status in ('open', 'completed')),
      priority text not null check (priority in ('p1', 'p2', 'p3', 'p4')),
      tags text[] not null,
      due text collate "C",
      deadline text,
      time_zone text not null,
      recurrence json,
      reminder json,
      slot text,
      predecessor_id uuid unique,
      version integer not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      completed_at timestamptz,
      deleted_at timestamptz,
      withdrawn boolean not null,
      untouched boolean not null,
      due_key text collate "C" not null generated always as (coalesce(due, '~')) stored,
      title_key text not null generated always as (lower(left(title, 80))) stored,
      search tsvector not null generated always as (
        to_tsvector('pg_catalog.simple', title || ' ' || notes)
        || to_tsvector('pg_catalog.english', title || ' ' || notes)
        || array_to_tsvector(array['@' || status || ' ' || user_id] || tag_lexemes(tags))
      ) stored,
      unique (user_id, number)
    )`.execute(db);
}

/** One index an order that lists can have, each led by what every list is limited to: the user and the status. */
async function createListIndexes(db: Kysely<never>): Promise<void> {
  const orders = {
    due: "due_key, id",
    priority: "priority, due_key, id",
    created: "number",
    updated: "updated_at, id",
    title: "title_key, id",
  };
  for (const [name, columns] of Object.entries(orders)) {
    await sql`
      create index ${sql.id(`tasks_by_${name}`)} on tasks (user_id, status, ${sql.raw(columns)})
      where deleted_at is null`.execute(db);
  }
  // Without a pending list: a search would have to read it whole.
  await sql`create index tasks_search on tasks using gin (search) with (fastupdate = off) where deleted_at is null`.execute(
    db,
  );
  await sql`create index tasks_deleted on tasks (deleted_at) where deleted_at is not null`.execute(db);
}

async function createReminders(db: Kysely<never>): Promise<void> {
  await sql`
    create table reminders (
      id uuid primary key,
      task_id uuid not null references tasks (id) on delete cascade,
      user_id text not null,
      task_version integer not null,
      fire_at timestamptz not null,
      state text not null check (state in ('scheduled', 'claimed', 'sent', 'cancelled')),
      sent_at timestamptz
    )`.execute(db);
  await sql`
    create unique index reminders_live on reminders (task_id) where state in ('scheduled', 'claimed')`.execute(db);
  await sql`create index reminders_task on reminders (task_id)`.execute(db);
  await sql`create index reminders_user on reminders (user_id, id) where state = 'scheduled'`.execute(db);
}

async function createPerUser(db: Kysely<never>): Promise<void> {
  await sql`create table counters (user_id text primary key, last_number integer not null)`.execute(db);
  await sql`
    create table user_settings (user_id text primary key, time_zone text not null, day_start text not null)`.execute(
    db,
  );
  await sql`
    create table idempotency (
      user_id text not null,
      key text not null,
      digest text not null,
      answer json,
      created_at timestamptz not null default now(),
      primary key (user_id, key)
    )`.execute(db);
  await sql`create index idempotency_created on idempotency using brin (created_at)`.execute(db);
}

export const migrations: Migrations = {
  "0001_tasks": {
    up: async (db) => {
      await createTasks(db);
      await createListIndexes(db);
      await createReminders(db);
      await createPerUser(db);
    },
  },
};
