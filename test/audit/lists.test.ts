import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Kysely, sql } from "kysely";
import type { AuditPage } from "#contracts/http/audit";
import { type EventFilter, type EventKey, listEvents, listQuery } from "#services/audit/data/list";
import type { DB } from "#services/audit/data/tables";
import { auditService } from "./support.ts";

const { db, get } = auditService();

const COUNT = 20_000;
const USER = "long-history";
const TASK = "0190b000-0000-7000-8000-000000000001";

/** A long history beside those of others; one task has two thousand events. */
async function insertHistory(database: Kysely<DB>): Promise<void> {
  await sql`
    with kept as (
      insert into events (id, user_id, type, time, digest, sequence, hash, seal)
      select gen_random_uuid(), case when n % 2 = 0 then ${USER} else 'other-' || n % 500 end,
        'dev.todo.task.' || (array['created', 'updated', 'completed', 'deleted'])[1 + n / 2 % 4] || '.v1',
        timestamptz '2025-01-01' + n * interval '1 minute', '', n, sha256(''), 1
      from generate_series(1, ${2 * COUNT}::integer) as n
      returning position, user_id, time, id, type
    )
    insert into payloads (position, user_id, task_id, time, salt, payload)
    select position, user_id, case when position % 20 = 0 then ${TASK}::uuid else gen_random_uuid() end, time, '',
      json_build_object('id', id, 'type', type, 'data', json_build_object('taskId', gen_random_uuid(), 'changed', '[]'::json,
        'task', json_build_object('title', 'a task')))
    from kept`.execute(database);
  await sql`analyze events, payloads`.execute(database);
}

interface Plan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

async function planOf(filter: EventFilter, before?: EventKey): Promise<Plan[]> {
  const [row] = await listQuery(db(), USER, { filter, limit: 50, before }).explain("json", sql`analyze`);
  const plans = (row as unknown as { "QUERY PLAN": readonly { Plan: Plan }[] })["QUERY PLAN"];
  return plans.flatMap(({ Plan }) => nodes(Plan));
}

/** Rows that were looked at in any one place of the plan. */
const touched = (plan: readonly Plan[]): number =>
  Math.max(...plan.map((node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]));

describe("pages of a long history", () => {
  beforeAll(() => insertHistory(db()));

  it.each<[string, EventFilter, string]>([
    ["of everything", {}, "events_by_time"],
    ["of a type", { type: ["dev.todo.task.completed.v1"] }, "events_by_type"],
    ["of a task", { taskId: TASK }, "payloads_by_task"],
    ["of a range", { from: "2025-01-05T00:00:00.000Z", to: "2025-01-20T00:00:00.000Z" }, "events_by_time"],
  ])("%s are read through an index, the last like the first", async (_, filter, index) => {
    const all = await listEvents(db(), USER, { filter, limit: COUNT });
    const late = all[Math.floor(all.length * 0.7)];
    for (const plan of [await planOf(filter), await planOf(filter, late)]) {
      expect(plan.flatMap((node) => node["Index Name"] ?? [])).toContain(index);
      expect(plan.map((node) => node["Node Type"])).not.toContain("Seq Scan");
      expect(touched(plan)).toBeLessThanOrEqual(50);
    }
  });

  it("of several types read one page of each at most", async () => {
    const filter = { type: ["dev.todo.task.created.v1", "dev.todo.task.deleted.v1"] };
    const plan = await planOf(filter);
    expect(plan.map((node) => node["Node Type"])).not.toContain("Seq Scan");
    expect(touched(plan)).toBeLessThanOrEqual(100);
  });

  it("hold every event once", async () => {
    const seen = new Set<string>();
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages++) {
      const path: string = `/v1/audit/events?limit=100&type=dev.todo.task.created.v1${cursor && `&cursor=${cursor}`}`;
      const { body }: { body: AuditPage } = await get<AuditPage>(path, USER);
      for (const { id } of body.items) seen.add(id);
      cursor = body.nextCursor;
    }
    expect([seen.size, pages]).toEqual([COUNT / 4, COUNT / 400]);
  });
});
