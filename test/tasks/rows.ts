/** Many tasks at once, written by the database itself. */
import { type Kysely, sql } from "kysely";
import type { DB } from "#services/tasks/data/tables";

/**
 * Tasks of one user as a long life leaves them: one in five open, a tenth p1, a third without a due date, of the tags one in
 * two, one in a hundred and one in ten thousand; a fifth are invoices, and only open ones are `ongoing`.
 */
export async function insertTasks(db: Kysely<DB>, userId: string, count: number): Promise<void> {
  await sql`
    insert into tasks (id, user_id, number, title, notes, status, priority, tags, due, time_zone, version,
      created_at, updated_at, completed_at, withdrawn, untouched)
    select uuidv7(), ${userId}, n,
      'task ' || n || ' ' || (array['invoice', 'garden', 'meeting', 'shopping', 'report'])[1 + n / 5 % 5]
        || case when n % 5 = 0 then ' ongoing' else '' end
        || case when n % 10000 = 0 then ' zeppelin' else '' end,
      '',
      case when n % 5 = 0 then 'open' else 'completed' end,
      case when n % 10 = 0 then 'p1' else 'p' || (2 + n % 3) end,
      array_remove(array[
        case when n % 2 = 0 then 'common' end,
        case when n % 100 = 0 then 'uncommon' end,
        case when n % 10000 = 0 then 'rare' end
      ], null),
      case when n % 3 = 0 then null else to_char(date '2020-01-01' + (n::bigint * 7919 % 3650)::integer, 'YYYY-MM-DD') end,
      'Europe/Berlin', 1, timestamptz '2020-01-01' + n * interval '1 minute',
      timestamptz '2024-01-01' + (n::bigint * 7919 % 1000003) * interval '1 second',
      case when n % 5 = 0 then null else timestamptz '2024-01-01' end, false, false
    from generate_series(1, ${count}::integer) as n`.execute(db);
  await sql`
    insert into counters (user_id, last_number) values (${userId}, ${count})
    on conflict (user_id) do update set last_number = excluded.last_number`.execute(db);
}

/** Users with ten open tasks each. */
export async function insertUsers(db: Kysely<DB>, count: number): Promise<void> {
  await sql`
    insert into tasks (id, user_id, number, title, notes, status, priority, tags, due, time_zone, version,
      created_at, updated_at, withdrawn, untouched)
    select uuidv7(), 'many-' || u, n, 'task ' || n || ' invoice', '', 'open', 'p4', array['common'],
      to_char(date '2026-01-01' + n, 'YYYY-MM-DD'), 'Europe/Berlin', 1, now(), now(), false, false
    from generate_series(1, ${count}::integer) as u, generate_series(1, 10) as n`.execute(db);
}
