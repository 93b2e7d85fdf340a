import type { Selectable } from "kysely";
import type { OutboxTable } from "../kit-tables.ts";

export type OutboxRow = Selectable<OutboxTable>;

/** The CloudEvent of a row. The trace is no part of it: it travels beside, as the sidecar would overwrite it. */
export const envelopeOf = (service: string, row: OutboxRow): object => ({
  specversion: "1.0",
  id: row.event_id,
  source: `/todo/${service}`,
  type: row.type,
  time: row.time.toISOString(),
  subject: row.subject,
  partitionkey: row.key,
  datacontenttype: "application/json",
  userid: row.user_id,
  aggregateversion: row.aggregate_version,
  data: row.data,
});
