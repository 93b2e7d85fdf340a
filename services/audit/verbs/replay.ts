import type { Kysely } from "kysely";
import { type Range, readRange } from "../data/readable.ts";
import type { DB } from "../data/tables.ts";
import { topicOf } from "../domain/audited.ts";

export interface ReplayOptions extends Range {
  /** Makes each event a delivery of its own for consumers that saw it before and accept replays. */
  readonly replayId?: string | undefined;
}

/**
 * CloudEvents as JSON, one at a time, each with its `topic` as Dapr names it: what `write` resolves to is waited for.
 * @returns how many there were; events of erased accounts are not among them
 */
export function replay(
  db: Kysely<DB>,
  options: ReplayOptions,
  write: (event: string) => Promise<void>,
): Promise<number> {
  const { replayId: replayid } = options;
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (transaction) => {
      let events = 0;
      for await (const { type, payload } of readRange(transaction, options)) {
        const added = { topic: topicOf(type), ...(replayid === undefined ? {} : { replayid }) };
        await write(JSON.stringify({ ...JSON.parse(payload), ...added }));
        events++;
      }
      return events;
    });
}
