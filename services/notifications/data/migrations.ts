import { type Kysely, sql } from "kysely";
import type { Migrations } from "#kit/database/migrations";

async function createReminders(db: Kysely<never>): Promise<void> {
  await sql`
    create table reminders (
      id uuid primary key,
      task_id uuid not null,
      user_id text not null,
      task_version integer not null,
      fire_at timestamptz not null,
      state text not null check (state in ('scheduled', 'fired', 'cancelled'))
    )`.execute(db);
  await sql`create index reminders_due on reminders (fire_at) where state = 'scheduled'`.execute(db);
  await sql`create index reminders_by_user on reminders (user_id)`.execute(db);
  await sql`
    create table notifications (
      id uuid primary key,
      user_id text not null,
      task_id uuid not null,
      title text not null,
      sent_at timestamptz(3) not null,
      read_at timestamptz(3)
    )`.execute(db);
  await sql`create index notifications_by_time on notifications (user_id, sent_at desc, id desc)`.execute(db);
  await sql`create index notifications_unread on notifications (user_id, sent_at desc, id desc) where read_at is null`.execute(
    db,
  );
}

async function createDeliveries(db: Kysely<never>): Promise<void> {
  await sql`
    create table channels (
      user_id text primary key,
      email_enabled boolean not null default false,
      email_address text,
      email_confirmed_at timestamptz,
      webhook_enabled boolean not null default false,
      webhook_url text
    )`.execute(db);
  await sql`
    create table codes (
      user_id text primary key,
      address text not null,
      digest bytea not null,
      expires_at timestamptz not null,
      attempts integer not null,
      sent_at timestamptz not null,
      counted_from timestamptz not null,
      sent integer not null
    )`.execute(db);
  await sql`
    create table deliveries (
      id uuid primary key,
      user_id text not null,
      notification_id uuid,
      channel text not null check (channel in ('email', 'webhook')),
      target text not null,
      message jsonb,
      status text not null check (status in ('pending', 'delivered', 'failed')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      last_error text,
      created_at timestamptz(3) not null,
      finished_at timestamptz(3)
    )`.execute(db);
  await sql`create index deliveries_due on deliveries (channel, next_attempt_at) where status = 'pending'`.execute(db);
  await sql`create index deliveries_by_time on deliveries (user_id, created_at desc, id desc)`.execute(db);
}

export const migrations: Migrations = {
  "0001_notifications": {
    up: async (db) => {
      await createReminders(db);
      await createDeliveries(db);
    },
  },
};
