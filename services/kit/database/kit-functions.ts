/**
 * Steps of every write and every delivery that would be round trips of their own: over a network they cost more than the work.
 * Each statement of a volatile function sees what was committed before it, as it would if it were sent by itself: what waited for a
 * lock then reads what its holder wrote.
 */
import { type Kysely, sql } from "kysely";
import { sqlState } from "./database.ts";

/** Second migration of every service. */
export async function createKitFunctions(db: Kysely<never>): Promise<void> {
  // Advisory locks are the whole database's, and each service erases for itself: together they would wait in a circle.
  await sql`
    create function account_lock(account text) returns bigint stable language sql as $$
      select hashtextextended(format('%s user:%s', current_schema(), account), 0)
    $$`.execute(db);
  await sql`
    create function account_erased(account text) returns boolean volatile language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(account_lock(account));
      return exists (select from tombstones where user_id = account);
    end
    $$`.execute(db);
  await sql`
    create function inbox_enter(
      to_consumer text, event uuid, replay text, account text, heeds_erasure boolean, about text, at_version integer
    ) returns text volatile language plpgsql as $$
    begin
      insert into inbox (consumer, event_id, replay_id) values (to_consumer, event, replay) on conflict do nothing;
      if not found then return 'duplicate'; end if;
      if heeds_erasure and account_erased(account) then return 'refused'; end if;
      if at_version is not null then
        insert into inbox_versions as known (consumer, subject, version) values (to_consumer, about, at_version)
        on conflict (consumer, subject) do update set version = excluded.version, updated_at = now()
          where known.version <= excluded.version;
        if not found then return 'stale'; end if;
      end if;
      return 'first';
    end
    $$`.execute(db);
}

/** SQLSTATEs of our own: classes from I on are no standard's. */
const ACCOUNT_ERASED = "TD001";
const NOT_ENTERED = "TD002";

/** A write for an account that is no more. */
export const isErasedAccount = (error: unknown): boolean => sqlState(error) === ACCOUNT_ERASED;

/** A delivery that is to have no effect. */
export const isNotEntered = (error: unknown): boolean => sqlState(error) === NOT_ENTERED;

/**
 * The same steps as conditions of which nothing is read: they travel with the statement after them, and what does not hold fails it.
 * Third migration of every service.
 */
export async function createKitGuards(db: Kysely<never>): Promise<void> {
  await sql`
    create procedure account_guard(account text) language plpgsql as $$
    begin
      if account_erased(account) then
        raise exception 'the account was erased' using errcode = ${sql.lit(ACCOUNT_ERASED)};
      end if;
    end
    $$`.execute(db);
  await sql`
    create procedure inbox_guard(
      to_consumer text, event uuid, replay text, account text, heeds_erasure boolean, about text, at_version integer
    ) language plpgsql as $$
    begin
      if inbox_enter(to_consumer, event, replay, account, heeds_erasure, about, at_version) <> 'first' then
        raise exception 'the event is to have no effect' using errcode = ${sql.lit(NOT_ENTERED)};
      end if;
    end
    $$`.execute(db);
}
