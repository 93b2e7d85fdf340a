import { type Kysely, sql } from "kysely";
import type { Migrations } from "#kit/database/migrations";

async function createConversations(db: Kysely<never>): Promise<void> {
  await sql`
    create table conversations (
      id uuid primary key,
      user_id text not null,
      title text,
      version integer not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      deleted_at timestamptz,
      turn_id uuid,
      turn_until timestamptz
    )`.execute(db);
  await sql`
    create index conversations_latest on conversations (user_id, updated_at desc, id desc) where deleted_at is null`.execute(
    db,
  );
}

/** `json`, not `jsonb`: parts stay as they were streamed, the order of their fields too. */
async function createMessages(db: Kysely<never>): Promise<void> {
  await sql`
    create table messages (
      conversation_id uuid not null references conversations (id) on delete cascade,
      id uuid not null,
      user_id text not null,
      position integer not null,
      role text not null check (role in ('user', 'assistant')),
      parts json not null,
      status text check (status in ('streaming', 'done', 'waiting', 'stopped', 'failed')),
      model text,
      created_at timestamptz not null,
      primary key (conversation_id, id),
      unique (conversation_id, position)
    )`.execute(db);
}

async function createApprovals(db: Kysely<never>): Promise<void> {
  await sql`
    create table approvals (
      id uuid primary key,
      user_id text not null,
      conversation_id uuid not null,
      message_id uuid not null,
      calls json not null,
      digest text not null,
      descriptor json not null,
      status text not null check (status in ('pending', 'approved', 'rejected', 'withdrawn')),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      taken_until timestamptz,
      done_at timestamptz,
      foreign key (conversation_id, message_id) references messages (conversation_id, id) on delete cascade
    )`.execute(db);
  await sql`create index approvals_pending on approvals (user_id, created_at) where status = 'pending'`.execute(db);
}

async function createUsage(db: Kysely<never>): Promise<void> {
  await sql`
    create table usage (
      user_id text not null,
      day text not null,
      turns integer not null,
      tokens bigint not null,
      primary key (user_id, day)
    )`.execute(db);
}

export const migrations: Migrations = {
  "0001_chat": {
    up: async (db) => {
      await createConversations(db);
      await createMessages(db);
      await createApprovals(db);
      await createUsage(db);
    },
  },
};
