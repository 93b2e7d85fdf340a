import { type Kysely, sql } from "kysely";
import type { Migrations } from "#kit/database/migrations";

/** What better-auth 1.7 wants, under our names; `time_zone`, `locale`, `day_start` and `version` are ours. */
async function createAuthTables(db: Kysely<never>): Promise<void> {
  await sql`
    create table users (
      id text primary key,
      name text not null,
      email text not null unique,
      email_verified boolean not null,
      image text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      time_zone text not null default 'UTC',
      locale text not null default 'en',
      day_start text not null default '09:00',
      version integer not null default 1
    )`.execute(db);
  await sql`
    create table sessions (
      id text primary key,
      user_id text not null references users (id) on delete cascade,
      token text not null unique,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null,
      ip_address text,
      user_agent text
    )`.execute(db);
  await sql`create index sessions_user_id on sessions (user_id)`.execute(db);
  await sql`create index sessions_expires_at on sessions (expires_at)`.execute(db);
  await sql`
    create table accounts (
      id text primary key,
      user_id text not null references users (id) on delete cascade,
      account_id text not null,
      provider_id text not null,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null,
      unique (provider_id, account_id)
    )`.execute(db);
  await sql`create index accounts_user_id on accounts (user_id)`.execute(db);
  await sql`
    create table verifications (
      id text primary key,
      identifier text not null,
      value text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index verifications_identifier on verifications (identifier)`.execute(db);
}

/**
 * Events come from a trigger, as better-auth's hooks run after its commit: a crash would lose them. Their trace is the one
 * that the transaction names, if it names one.
 */
async function createUserEvents(db: Kysely<never>): Promise<void> {
  await sql`
    create function count_settings_version() returns trigger language plpgsql as $$
    begin
      new.version := old.version + 1;
      return new;
    end $$`.execute(db);
  await sql`
    create function tell_user_event() returns trigger language plpgsql as $$
    declare
      about users := coalesce(new, old);
      said jsonb := case when tg_op = 'DELETE'
        then jsonb_build_object('userId', about.id, 'deletedAt',
          to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        else jsonb_build_object('userId', about.id, 'settings', jsonb_build_object(
          'timeZone', about.time_zone, 'locale', about.locale, 'dayStart', about.day_start))
        end;
    begin
      insert into outbox (topic, key, type, subject, user_id, aggregate_version, data, traceparent)
      values ('user-events', about.id, 'dev.todo.user.' || tg_argv[0] || '.v1', about.id, about.id,
        about.version + case when tg_op = 'DELETE' then 1 else 0 end, said,
        nullif(current_setting('todo.traceparent', true), ''));
      return null;
    end $$`.execute(db);
  const changed = sql`
    when ((old.time_zone, old.locale, old.day_start) is distinct from (new.time_zone, new.locale, new.day_start))`;
  await sql`
    create trigger count_settings_version before update on users
    for each row ${changed} execute function count_settings_version()`.execute(db);
  await sql`
    create trigger tell_created after insert on users
    for each row execute function tell_user_event('created')`.execute(db);
  await sql`
    create trigger tell_settings_changed after update on users
    for each row ${changed} execute function tell_user_event('settings_changed')`.execute(db);
  await sql`
    create trigger tell_deleted after delete on users
    for each row execute function tell_user_event('deleted')`.execute(db);
}

async function createSigningKeys(db: Kysely<never>): Promise<void> {
  await sql`
    create table signing_keys (
      kid text primary key,
      public_key jsonb not null,
      private_key bytea not null,
      created_at timestamptz not null
    )`.execute(db);
}

export const migrations: Migrations = {
  "0001_auth": { up: createAuthTables },
  "0002_user_events": { up: createUserEvents },
  "0003_signing_keys": { up: createSigningKeys },
};
