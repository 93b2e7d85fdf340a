/** What a consumer's own database knows about events that it was given. */
import { type Kysely, sql } from "kysely";
import { connect, isDatabaseAway, sqlState } from "#kit/database/database";
import type { KitTables } from "#kit/kit-tables";
import { schemaName } from "#model/names";
import { UserError } from "#model/user-error";
import { identityOf, type ReplayedEvent } from "./replayed-event.ts";

export interface KeptFailure {
  readonly reason: string;
  readonly attempts: number;
  readonly lastAt: Date;
}

export interface ConsumerMemory {
  /** By identity of the event. */
  readonly failures: ReadonlyMap<string, KeptFailure>;
  readonly processed: ReadonlySet<string>;
}

interface DatabaseProps {
  readonly url: string;
  /** PEM of the authority of a managed server. */
  readonly ca: string | undefined;
  readonly consumer: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the service's inbox and the reasons of its failures. @throws UserError when the database cannot tell */
export async function readMemory(props: DatabaseProps, events: readonly ReplayedEvent[]): Promise<ConsumerMemory> {
  const schema = schemaName(props.consumer);
  if (!URL.canParse(props.url)) {
    throw new UserError("--database-url is no address", "Write it like postgres://user:password@host:5432/todo");
  }
  const connection = connect(props.url, { applicationName: "topics", ca: props.ca, max: 1, onError: () => {} });
  try {
    return await remembered(connection.db.withSchema(schema) as Kysely<KitTables>, events);
  } catch (cause) {
    throw explained(cause, new URL(props.url).host, schema);
  } finally {
    await connection.close();
  }
}

async function remembered(db: Kysely<KitTables>, events: readonly ReplayedEvent[]): Promise<ConsumerMemory> {
  const failures = new Map<string, KeptFailure>();
  const processed = new Set<string>();
  for (const [topic, about] of Map.groupBy(events, (event) => event.topic)) {
    const ids = sql<string[]>`${about.map(({ id }) => id)}::text[]`;
    const uuids = about.map(({ id }) => id).filter((id) => UUID.test(id));
    const poison = await db
      .selectFrom("poison")
      .select(["event_id", "reason", "attempts", "last_at"])
      .where("consumer", "=", topic)
      .where(sql<boolean>`event_id = any(${ids})`)
      .execute();
    const inbox = await db
      .selectFrom("inbox")
      .select(["event_id", "replay_id"])
      .where("consumer", "=", topic)
      .where(sql<boolean>`event_id = any(${sql<string[]>`${uuids}::uuid[]`})`)
      .execute();
    const reasons = new Map(poison.map((row) => [row.event_id, row]));
    const had = new Set(inbox.map(({ event_id, replay_id }) => `${event_id} ${replay_id}`));
    for (const event of about) {
      const row = reasons.get(event.id);
      if (row) {
        failures.set(identityOf(event), { reason: row.reason, attempts: row.attempts, lastAt: row.last_at });
      }
      if (had.has(`${event.id.toLowerCase()} ${event.replayId ?? ""}`)) processed.add(identityOf(event));
    }
  }
  return { failures, processed };
}

function explained(cause: unknown, host: string, schema: string): unknown {
  if (isDatabaseAway(cause)) {
    return new UserError(`the database at ${host} does not answer`, "Start it, or mend --database-url", { cause });
  }
  // Undefined table, undefined database, insufficient privilege.
  if (!["42P01", "3D000", "42501"].includes(sqlState(cause) ?? "")) return cause;
  return new UserError(
    `this role sees no inbox in the schema "${schema}" at ${host}`,
    "Use the address in the Secret of that service: its own role and database",
    { cause },
  );
}
