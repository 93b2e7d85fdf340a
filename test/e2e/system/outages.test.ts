/** What everything else is like while one thing is away for long, and afterwards. */
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { AuditPage } from "#contracts/http/audit";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { type Cluster, startCluster } from "#local/postgres/cluster";
import { paths } from "#model/paths";
import { eventually } from "#test/kit/support/harness";
import { auditVerify, deadLetters, settled } from "#test/system/checks";
import { type Answer, type Person, signUp } from "#test/system/person";
import { errorsOf, type Product, serviceNames, startProduct } from "#test/system/support";

/** Nobody waits longer for an answer, whatever is away. */
const PATIENCE_MS = 15_000;

/** A fault is answered as one: problem details that say it is not the caller's mistake, and soon. */
async function expectRefused(send: () => Promise<Answer<unknown>>): Promise<void> {
  const began = performance.now();
  const { status, headers, text } = await send();
  expect([502, 503, 504]).toContain(status);
  expect([headers.get("content-type"), text]).toEqual(["application/problem+json", expect.stringContaining('"code"')]);
  expect(performance.now() - began).toBeLessThan(PATIENCE_MS);
}

const readiness = (product: Product): Promise<(readonly [string, boolean])[]> =>
  Promise.all(serviceNames.map(async (name) => [name, await product.isReady(name)] as const));

const all = (ready: boolean) => serviceNames.map((name) => [name, ready] as const);

async function expectAlive(product: Product): Promise<void> {
  for (const name of serviceNames) {
    const { status } = await fetch(product.addressOf(name) + paths.live, { signal: AbortSignal.timeout(PATIENCE_MS) });
    expect([name, status]).toEqual([name, 200]);
  }
}

const pidsOf = (product: Product, names: readonly string[]) => names.map((name) => [name, product.pid(name)] as const);

/** Everybody's view of what was done. */
async function expectWhole(product: Product, person: Person, tasks: readonly Task[]): Promise<void> {
  await settled(product, 120_000);
  const { body } = await person.get<TaskPage>("/api/v1/tasks?status=all&limit=100&sort=created");
  const made = body.items.filter(({ predecessorId }) => predecessorId === null);
  expect(made.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
  const { items } = (await person.get<AuditPage>("/api/v1/audit/events?limit=100")).body;
  const created = items.filter(({ type }) => type === "dev.todo.task.created.v1").map(({ taskId }) => taskId);
  expect(created.sort()).toEqual(tasks.map(({ id }) => id).sort());
  const feed = await product.rows<{ seq: number }>(
    "realtime",
    "select seq::int as seq from feed where user_id = $1 order by seq",
    [person.userId],
  );
  expect(feed.map(({ seq }) => seq)).toEqual(feed.map((_, index) => index + 1));
  expect(deadLetters(product)).toEqual([]);
}

describe("PostgreSQL away for half a minute", () => {
  const AWAY_MS = 30_000;
  const folder = mkdtempSync(join(tmpdir(), "todo-outage-"));
  let cluster: Cluster;
  let product: Product;
  let ada: Person;
  beforeAll(async () => {
    // Where the tests run as root, the database runs as somebody else and has to get there.
    chmodSync(folder, 0o711);
    cluster = await startCluster({ dataDir: join(folder, "data") });
    product = await startProduct({ environment: { DATABASE_URL: cluster.adminUrl } });
    ada = await signUp(product.origin);
  }, 180_000);
  afterAll(async () => {
    await product?.stop();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 120_000);

  it("fails readiness and requests, ends no process, and everything drains when it is back", async () => {
    const tasks: Task[] = [];
    const add = async (title: string, more: object = {}) => {
      const { status, body } = await ada.post<Task>("/api/v1/tasks", { title, ...more });
      expect([title, status]).toEqual([title, 201]);
      tasks.push(body);
      return body;
    };
    const rent = await add("pay the rent", {
      due: "2030-01-31",
      recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=31", anchor: "schedule" },
    });
    for (let i = 0; i < 20; i++) await add(`task ${i}`);
    // In the last moment, so that something is under way.
    await ada.post(`/api/v1/tasks/${rent.id}/complete`);
    const processes = pidsOf(product, [...serviceNames, "sidecars"]);
    const gone = Date.now();
    await cluster.stop();

    await eventually(async () => expect(await readiness(product)).toEqual(all(false)), PATIENCE_MS);
    while (Date.now() - gone < AWAY_MS) {
      await expectRefused(() => ada.post("/api/v1/tasks", { title: "not now" }));
      await expectRefused(() => ada.get("/api/v1/tasks"));
      await expectRefused(() => ada.post("/api/v1/conversations"));
      await expectAlive(product);
      await delay(1_000);
    }
    cluster = await startCluster({ dataDir: join(folder, "data"), port: cluster.port });
    await eventually(async () => expect(await readiness(product)).toEqual(all(true)), 60_000);
    expect(pidsOf(product, [...serviceNames, "sidecars"])).toEqual(processes);
    expect(errorsOf(product).filter(({ line }) => /uncaught|unhandled/i.test(line))).toEqual([]);

    await add("afterwards");
    const turn = await ada.say("add buy milk tomorrow");
    expect([turn.status, turn.text]).toEqual([200, expect.stringMatching(/^Added: Buy milk/)]);
    const { items } = (await ada.get<TaskPage>("/api/v1/tasks?text=milk")).body;
    tasks.push(...items);
    await expectWhole(product, ada, tasks);
    const { body } = await ada.get<TaskPage>("/api/v1/tasks?text=rent");
    expect(body.items).toMatchObject([{ predecessorId: rent.id }]);
    const verify = await auditVerify(product, cluster.adminUrl);
    expect(verify).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whole: /) });
  }, 300_000);
});

describe("sidecars that do not stay", () => {
  const AWAY_MS = 15_000;
  let product: Product;
  let ada: Person;
  beforeAll(async () => {
    product = await startProduct();
    ada = await signUp(product.origin);
  }, 180_000);
  afterAll(() => product?.stop(), 120_000);

  it("fail readiness and what goes through them; no service ends, and what was asked again is done once", async () => {
    const services = pidsOf(product, serviceNames);
    const tasks: Task[] = [];
    const wanted = new Map(Array.from({ length: 10 }, (_, index) => [`task ${index}`, randomUUID()]));
    /** As a careful client does: each with a key of its own, again until it is answered. */
    const insist = async (title: string, key: string): Promise<void> => {
      for (;;) {
        const answer = await ada.post<Task>("/api/v1/tasks", { title }, { "idempotency-key": key });
        if (answer.status === 201) return void tasks.push(answer.body);
        expect([502, 503, 504]).toContain(answer.status);
        await delay(500);
      }
    };
    const until = Date.now() + AWAY_MS;
    const killing = (async () => {
      while (Date.now() < until) {
        try {
          process.kill(product.pid("sidecars"), "SIGKILL");
        } catch {
          // Between two lives.
        }
        await delay(100);
      }
    })();
    await eventually(async () => expect(await readiness(product)).toEqual(all(false)), PATIENCE_MS);
    const writing = Promise.all([...wanted].map(([title, key]) => insist(title, key)));
    await expectAlive(product);
    await Promise.all([killing, writing]);
    await eventually(async () => expect(await readiness(product)).toEqual(all(true)), 60_000);
    expect(pidsOf(product, serviceNames)).toEqual(services);
    expect(tasks).toHaveLength(wanted.size);
    tasks.sort((a, b) => a.number - b.number);
    await expectWhole(product, ada, tasks);
  }, 300_000);
});
