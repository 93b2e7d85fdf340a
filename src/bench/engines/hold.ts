/** Keeps events of tasks in their outbox for a while: what is measured then is a request, and nothing that follows from it. */
import { schemaName } from "#model/names";
import { settled } from "./calls.ts";
import type { Running } from "./start.ts";

const LOCK = `hashtextextended('outbox:${schemaName("tasks")}', 0)`;

/** Takes the relay's lock, as another replica would; who led waits for it until it is given back. */
export async function holdingEvents<T>(running: Running, work: () => Promise<T>): Promise<T> {
  const client = await running.database.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${LOCK}) as got`);
      if (rows[0]?.got) break;
      await client.query(
        `select pg_terminate_backend(pid) from pg_locks
         where locktype = 'advisory' and (classid::bigint << 32 | objid::bigint) = ${LOCK}`,
      );
    }
    return await work();
  } finally {
    await client.query(`select pg_advisory_unlock(${LOCK})`);
    client.release();
    await settled(running);
  }
}
