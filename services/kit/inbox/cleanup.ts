import { type Kysely, sql } from "kysely";
import type { Logger } from "pino";
import { days } from "#model/quantities";
import { deadLetterTopicOf, eventTopics, type System } from "#model/system";
import type { KitTables } from "../kit-tables.ts";
import { sleep } from "../sleep.ts";

const HOUR_MS = 3_600_000;

/** An event can come back as long as its topic keeps it, and after that from the dead letter topic. */
export function inboxRetentionMs(model: System, topic: string): number {
  const kept = eventTopics(model).find(([name]) => name === topic)?.[1].retention.milliseconds ?? 0;
  return kept + deadLetterTopicOf(model)[1].retention.milliseconds + days(1).milliseconds;
}

/** Forgets, once an hour, what can no longer be delivered again. */
export async function cleanInbox(
  db: Kysely<KitTables>,
  model: System,
  topics: readonly string[],
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(HOUR_MS * (0.9 + Math.random() * 0.2), signal);
    for (const topic of signal.aborted ? [] : topics) {
      try {
        await forget(db, topic, inboxRetentionMs(model, topic));
      } catch (err) {
        log.warn({ err, topic }, "the inbox was not cleaned, and will be");
      }
    }
  }
}

/** @param olderThanMs how long entries of the topic are kept */
export async function forget(db: Kysely<KitTables>, topic: string, olderThanMs: number): Promise<void> {
  const before = sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`;
  await db.deleteFrom("inbox").where("consumer", "=", topic).where("processed_at", "<", before).execute();
  await db.deleteFrom("inbox_versions").where("consumer", "=", topic).where("updated_at", "<", before).execute();
  await db.deleteFrom("poison").where("consumer", "=", topic).where("last_at", "<", before).execute();
}
