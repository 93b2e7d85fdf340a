import { type Kysely, sql } from "kysely";
import type { Migrations } from "#kit/database/migrations";

/** `json`, not `jsonb`: the text goes to clients as it was written. Rows come in order of time, which BRIN is made for. */
async function createFeed(db: Kysely<never>): Promise<void> {
  await sql`create table heads (user_id text primary key, seq bigint not null)`.execute(db);
  await sql`
    create table feed (
      user_id text not null,
      seq bigint not null,
      type text not null,
      data json not null,
      created_at timestamptz not null,
      primary key (user_id, seq)
    )`.execute(db);
  await sql`create index feed_created on feed using brin (created_at)`.execute(db);
}

export const migrations: Migrations = { "0001_feed": { up: createFeed } };
