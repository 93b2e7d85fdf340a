import { MAX_STATISTICS_DAYS } from "#contracts/http/audit";
import type { AuditContext } from "../context.ts";
import { readableOf } from "../data/readable.ts";
import { placeOf } from "./read-events.ts";
import { readStatistics } from "./read-statistics.ts";

interface Owner {
  readonly userId: string;
  readonly timeZone: string;
}

/**
 * One JSON document a line, read as the reader takes them: `{ kind: "audit-event", chain, event }` for every event, in the order
 * of recording, then one `{ kind: "statistics", ... }`.
 */
export function exportAll(context: Pick<AuditContext, "db" | "clock">, owner: Owner): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks(context, owner));
}

async function* chunks(context: Pick<AuditContext, "db" | "clock">, owner: Owner): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const lines = (documents: readonly object[]): Uint8Array =>
    encoder.encode(documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
  for await (const events of readableOf(context.db, owner.userId)) {
    yield lines(
      events.map(({ payload, sequence, hash }) => ({
        kind: "audit-event",
        chain: placeOf(sequence, hash),
        event: JSON.parse(payload),
      })),
    );
  }
  yield lines([{ kind: "statistics", ...(await readStatistics(context, owner, MAX_STATISTICS_DAYS)) }]);
}
