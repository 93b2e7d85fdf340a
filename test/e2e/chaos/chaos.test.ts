/**
 * The product on real engines while everything goes wrong. `CHAOS_SEED` repeats a run's faults, though not its timing to the
 * millisecond; `CHAOS_FAULTS` or `CHAOS_SECONDS` say how many; `CHAOS_LONG=1` is the long form. `CHAOS_SERVICES=audit,chat` hits those
 * alone. `CHAOS_LOGS` is a folder for what the sidecars print.
 */
import { randomInt } from "node:crypto";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "#test/kit/support/harness";
import { auditVerify } from "#test/system/checks";
import { serviceNames } from "#test/system/support";
import { type Evidence, gather, offsetsOf, outboxOf, withAdmin, withRows } from "./evidence.ts";
import { chaos, type Happened } from "./faults.ts";
import { invariants } from "./invariants.ts";
import { type Loaded, startLoad } from "./load.ts";
import { type ChaosProduct, startChaosProduct } from "./product.ts";
import { scheduleOf, scheduleWithin } from "./schedule.ts";
import { openScreen, type Screen } from "./screens.ts";

const { CHAOS_SEED, CHAOS_FAULTS, CHAOS_SECONDS, CHAOS_LONG, CHAOS_SERVICES, CHAOS_LOGS } = process.env;
const SEED = Number(CHAOS_SEED ?? randomInt(1_000_000));
/** One of everything, which takes about a minute; and more than a thousand. */
const FAULTS = Number(CHAOS_FAULTS ?? (CHAOS_LONG ? 1_032 : 43));
const PEOPLE = 4;
/** After the last fault: restarts pause for 10 s at most, deliveries for 15 s, the sweep of reminders comes every minute. */
const SETTLED_WITHIN_MS = 240_000;

const HIT = CHAOS_SERVICES?.split(",");
const schedule = CHAOS_SECONDS ? scheduleWithin(SEED, Number(CHAOS_SECONDS), HIT) : scheduleOf(SEED, FAULTS, HIT);
const planned = schedule.reduce((sum, { afterMs }) => sum + afterMs, 0);

const wrong = chaos();
let product: ChaosProduct;
let happened: Happened[];
let evidence: Evidence;

beforeAll(
  async () => {
    const say = (line: string): void => {
      process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${line}\n`);
    };
    say(`seed ${SEED}, ${schedule.length} faults in ${Math.round(planned / 1_000)} s`);
    product = await startChaosProduct(wrong);
    say("everything is ready");
    const remindUntil = new Date(Date.now() + planned + 60_000);
    const load = await startLoad({ origin: product.origin, seed: SEED, people: PEOPLE, remindUntil });
    const screens = await Promise.all(load.people.map(openScreen));
    await delay(5_000);
    happened = await wrong.run(product, schedule, say);
    say("nothing goes wrong any more");
    const loaded = await load.stop();
    await settled(product, loaded, screens).catch((error: Error) => say(`did not come to rest: ${error.message}`));
    say("everything is at rest");
    const auditVerification = await auditVerify(product, product.databaseUrl);
    const seen = await Promise.all(screens.map((screen) => screen.close()));
    const kept = await gather(product);
    evidence = { ...kept, loaded, injected: wrong.injected, screens: seen, auditVerification };
    say(summary(loaded, happened));
  },
  planned * 1.5 + 600_000,
);
afterAll(async () => {
  await wrong.stop();
  if (CHAOS_LOGS && product) keepLogs(product, CHAOS_LOGS);
  await product?.stop();
}, 120_000);

function keepLogs({ sidecars }: ChaosProduct, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [service, { log }] of sidecars.daprds) copyFileSync(log, join(folder, `daprd-${service}.log`));
}

/** Until nothing is on its way any more, as far as that can be seen from outside. */
async function settled(on: ChaosProduct, { tasks }: Loaded, screens: readonly Screen[]): Promise<void> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  const left = (): number => Math.max(1_000, deadline - Date.now());
  await eventually(async () => {
    await delay(500);
    for (const service of serviceNames) expect([service, await on.isReady(service)]).toEqual([service, true]);
  }, left());
  const due = tasks.filter(({ reminder }) => reminder === "due").map(({ id }) => id);
  await withRows(on, (rows) =>
    withAdmin(on, (access) =>
      eventually(async () => {
        await delay(1_000);
        expect(await outboxOf(rows)).toEqual([]);
        const reminded = await rows<{ id: string }>("notifications", "select task_id as id from notifications");
        const late = due.filter((id) => !reminded.some((row) => row.id === id));
        expect(late).toEqual([]);
        const behind = (await offsetsOf(access)).filter(({ committed, end }) => (committed ?? "0") !== end);
        expect(behind).toEqual([]);
        expect(await rows("audit", "select id from events where sequence is null limit 5")).toEqual([]);
        const heads = await rows<{ id: string; seq: number }>("realtime", "select user_id as id, seq::int from heads");
        for (const { userId, position } of screens)
          expect([userId, position]).toEqual([userId, heads.find(({ id }) => id === userId)?.seq ?? 0]);
        // What a consumer did in answer to the last event is in its outbox by now.
        expect(await outboxOf(rows)).toEqual([]);
      }, left()),
    ),
  );
}

function summary({ tasks, newcomers, answers }: Loaded, faults: readonly Happened[]): string {
  const kinds = Object.entries(Object.groupBy(faults, ({ kind }) => kind)).map(([kind, all]) => {
    const missed = all?.filter(({ outcome }) => outcome === "missed").length ?? 0;
    return `${kind} ${all?.length}${missed > 0 ? ` (${missed} missed)` : ""}`;
  });
  return `${kinds.join(", ")}; ${tasks.length} tasks, ${newcomers.length} newcomers, answers ${JSON.stringify(answers)}`;
}

describe(`after ${schedule.length} faults (CHAOS_SEED=${SEED})`, () => {
  it("had something to judge: most faults hit, and work went on meanwhile", () => {
    const missed = happened.filter(({ outcome }) => outcome === "missed");
    expect(missed.length).toBeLessThan(Math.max(2, happened.length / 3));
    expect(evidence.loaded.tasks.length).toBeGreaterThan(10);
    expect(evidence.events.length).toBeGreaterThan(evidence.loaded.tasks.length);
  });

  it.each(Object.entries(invariants))("%s", (_, holds) => {
    const found = holds(evidence);
    expect([found.slice(0, 20), found.length]).toEqual([[], 0]);
  });
});
