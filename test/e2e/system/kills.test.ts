/**
 * Everything is killed, again and again, while people go on working; afterwards nothing is lost and nothing happened twice.
 * `KILL_TASKS=1000` is the long form; `KILL_SEED` repeats a run's choices, though not its timing.
 */
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "#test/kit/support/harness";
import { operationsOf } from "#test/support/openapi-requests";
import { auditVerify, settled } from "#test/system/checks";
import type { Person } from "#test/system/person";
import { type Product, serviceNames, startProduct } from "#test/system/support";
import type { Evidence } from "../chaos/evidence.ts";
import { invariants } from "../chaos/invariants.ts";
import { type Load, startLoad } from "../chaos/load.ts";
import { openScreen, type Screen } from "../chaos/screens.ts";
import { EVERYTHING, type Killed, killAround, killNow, victims } from "./killing.ts";
import { gatherOnLaptop } from "./laptop-evidence.ts";

const TASKS = Number(process.env.KILL_TASKS ?? 200);
const SEED = Number(process.env.KILL_SEED ?? randomInt(1_000_000));
const PEOPLE = 8;
/** Generous: a task takes a second or two of a person's time, and half of the time something is away. */
const WORK_MS = 120_000 + TASKS * 2_000;
/** Restarts pause for 5 s at most, deliveries for 15 s; a reminder is due two minutes after it was asked for. */
const SETTLE_MS = 300_000;

let product: Product;
let people: readonly Person[];
let killed: readonly Killed[];
let evidence: Evidence;

beforeAll(
  async () => {
    product = await startProduct({ environment: { RATE_LIMIT_BURST: "100000", DAILY_TURNS: "100000" } });
    // Reminders are due soon whenever they are asked for.
    const remindUntil = new Date(Date.now() + WORK_MS);
    const load = await startLoad({ origin: product.origin, seed: SEED, people: PEOPLE, remindUntil });
    people = load.people;
    const screens = await Promise.all(people.map(openScreen));
    killed = await killAround(product, SEED, (kills) => load.done() >= TASKS && kills >= victims.length);
    evidence = await comeToRest(load, screens);
    const { tasks, newcomers, answers } = evidence.loaded as Evidence["loaded"] & { readonly answers: object };
    const counts = Object.entries(Object.groupBy(killed, ({ victim }) => victim)).map(
      ([v, all]) => `${v} ${all?.length}`,
    );
    process.stderr.write(
      `${killed.length} kills: ${counts.join(", ")}; ${tasks.length} tasks, ${newcomers.length} newcomers, answers ${JSON.stringify(answers)}\n`,
    );
  },
  WORK_MS + SETTLE_MS * 2,
);
afterAll(() => product?.stop(), 120_000);

async function comeToRest(load: Load, screens: readonly Screen[]): Promise<Evidence> {
  const loaded = await load.stop();
  const due = loaded.tasks.filter(({ reminder }) => reminder === "due").map(({ id }) => id);
  await eventually(async () => {
    await delay(1_000);
    for (const service of serviceNames) expect([service, await product.isReady(service)]).toEqual([service, true]);
    const reminded = await product.rows<{ id: string }>("notifications", "select task_id as id from notifications");
    expect(due.filter((id) => !reminded.some((row) => row.id === id))).toEqual([]);
    await settled(product, 1_000);
    const heads = await product.rows<{ id: string; seq: number }>(
      "realtime",
      "select user_id as id, seq::int from heads",
    );
    for (const { userId, position } of screens)
      expect([userId, position]).toEqual([userId, heads.find(({ id }) => id === userId)?.seq ?? 0]);
  }, SETTLE_MS).catch((error: Error) => process.stderr.write(`did not come to rest: ${error.message}\n`));
  const auditVerification = await auditVerify(product);
  const seen = await Promise.all(screens.map((screen) => screen.close()));
  return { ...(await gatherOnLaptop(product)), loaded, injected: [], screens: seen, auditVerification };
}

describe(`${TASKS} tasks while everything is killed (KILL_SEED=${SEED})`, () => {
  it("had something to judge: each process and the database were killed in the middle of the work", () => {
    expect([...new Set(killed.map(({ victim }) => victim))].sort()).toEqual([...victims].sort());
    expect(evidence.loaded.tasks.length).toBeGreaterThanOrEqual(TASKS);
  });

  it.each(Object.entries(invariants))("%s", (_, holds) => {
    const found = holds(evidence);
    expect([found.slice(0, 20), found.length]).toEqual([[], 0]);
  });
});

describe("an account that is erased then", () => {
  const SECRET = `secret${randomUUID().replaceAll("-", "")}`;

  it("is left neither in an answer to anybody nor in a table, and the chains still verify", async () => {
    const [first, other] = people;
    const ada = first as Person;
    const { body } = await ada.post<{ id: string }>("/api/v1/tasks", { title: SECRET, notes: SECRET, tags: [SECRET] });
    expect((await ada.say(`remind me of ${SECRET} tomorrow at 9`)).status).toBe(200);
    const channels = { webhook: { enabled: false, url: `https://example.com/${SECRET}` } };
    await ada.send({ method: "PUT", path: "/api/v1/notification-channels", body: channels });
    await settled(product);
    const [cookie, own] = [ada.cookie, (await ada.get("/api/export")).text];
    expect(own).toContain(SECRET);
    expect((await tablesWith([SECRET])).length).toBeGreaterThan(5);

    const erasure = { method: "DELETE", path: "/api/account", body: { password: "correct-horse-battery" } };
    expect((await ada.send(erasure)).status).toBe(204);
    killNow(product, EVERYTHING);
    await eventually(async () => {
      for (const service of serviceNames) expect([service, await product.isReady(service)]).toEqual([service, true]);
    }, 60_000);
    await settled(product);
    const document = (await (other as Person).get<Parameters<typeof operationsOf>[0]>("/api/openapi.json")).body;
    const readable = operationsOf(document).filter(({ method }) => method === "GET");
    expect(readable.length).toBeGreaterThan(10);
    for (const { template } of readable) {
      const path = template.replaceAll(/\{\w+\}/g, body.id);
      const answers = [
        await (await fetch(product.origin + path, { headers: { cookie } })).text(),
        (await (other as Person).get(path)).text,
      ];
      for (const text of answers)
        for (const hers of [SECRET, ada.email, ada.userId])
          expect([path, text]).toEqual([path, expect.not.stringContaining(hers)]);
    }
    expect(await tablesWith([SECRET, ada.email])).toEqual([]);
    // What is left is a number without a person: that it is erased, events that were seen, and links of chains.
    const kept = /\.tombstones$|\.inbox_versions$|^audit\.(events|heads)$/;
    expect((await tablesWith([ada.userId])).filter((table) => !kept.test(table))).toEqual([]);
    expect(await auditVerify(product)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whole: /) });
  }, 120_000);

  async function tablesWith(texts: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const service of serviceNames) {
      const tables = await product.rows<{ name: string }>(
        service,
        "select table_name as name from information_schema.tables where table_schema = current_schema()",
      );
      for (const { name } of tables) {
        const rows = await product.rows(
          service,
          `select 1 from "${name}" as kept where kept::text like any ($1) limit 1`,
          [texts.map((text) => `%${text}%`)],
        );
        if (rows.length > 0) found.push(`${service}.${name}`);
      }
    }
    return found;
  }
});
