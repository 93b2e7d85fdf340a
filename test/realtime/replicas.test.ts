import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { freePort } from "#local/free-port";
import { append } from "#services/realtime/data/feed";
import { eventually } from "#test/kit/support/harness";
import type { Client } from "./client.ts";
import { realtimeService } from "./support.ts";

/** So long that nothing is found by looking: what arrives was told. */
const NEVER = 86_400;

const { base, connect, context, deliver, kept, newUser, remove, replica } = realtimeService({
  SWEEP_SECONDS: String(NEVER),
});

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** Another replica as a process of its own, that can be killed. */
async function startProcess(port: number): Promise<ChildProcess> {
  const { config, directUrl } = context();
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(process.cwd(), "services/realtime/main.ts")],
    {
      stdio: "ignore",
      env: {
        NODE_ENV: "test",
        LOG_LEVEL: "silent",
        HOST: "127.0.0.1",
        PORT: String(port),
        PUBLIC_ORIGIN: config.PUBLIC_ORIGIN,
        DAPR_HTTP_PORT: String(config.DAPR_HTTP_PORT),
        DAPR_API_TOKEN: config.DAPR_API_TOKEN,
        APP_API_TOKEN: config.APP_API_TOKEN,
        DATABASE_URL: directUrl,
        SWEEP_SECONDS: "0.2",
      },
    },
  );
  children.push(child);
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200), 20_000);
  return child;
}

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const ended = (client: Client): boolean => client.socket.readyState === client.socket.CLOSED;

describe("replicas", () => {
  it("tell each other what they have committed", async () => {
    const { at } = await replica();
    const user = newUser();
    const [here, there] = await Promise.all([
      connect(user).then((client) => client.ready()),
      connect(user, { at }).then((client) => client.ready()),
    ]);
    for (let count = 0; count < 10; count++) await remove(user, count % 2 === 0 ? base() : at);
    for (const client of [here, there]) {
      await client.until(({ seqs }) => seqs.length === 10);
      expect(client.seqs).toEqual(oneTo(10));
    }
  });

  it("both end the connections of an account that is deleted", async () => {
    const { at } = await replica();
    const user = newUser();
    const there = await (await connect(user, { at })).ready();
    await deliver("user-events", "dev.todo.user.deleted.v1", user, {
      userId: user,
      deletedAt: new Date().toISOString(),
    });
    expect(await there.closed).toBe(4010);
  });

  it("find by looking what another committed and did not live to tell", async () => {
    const { at } = await replica({ SWEEP_SECONDS: 0.1 });
    const user = newUser();
    const client = await (await connect(user, { at })).ready();
    const entry = { userId: user, type: "dev.todo.screen.task_removed.v1", at: new Date() } as const;
    const data = { userId: user, taskId: "0199aaaa-0000-7000-8000-000000000001" };
    await context()
      .db.transaction()
      .execute((transaction) => append(transaction, { ...entry, data }));
    await client.until(({ seqs }) => seqs.length === 1);
  });

  it("listen again when their connection broke, and catch up", async () => {
    const { at } = await replica();
    const user = newUser();
    const client = await (await connect(user, { at })).ready();
    const broken = await sql<{ ended: boolean }>`
      select pg_terminate_backend(pid) as ended from pg_stat_activity
      where application_name = 'realtime-listen' and datname = current_database()`.execute(context().db);
    expect(broken.rows.length).toBeGreaterThanOrEqual(2);
    // Committed while nobody listens, and after.
    for (let count = 0; count < 3; count++) await remove(user);
    await client.until(({ seqs }) => seqs.length === 3);
    await remove(user);
    await client.until(({ seqs }) => seqs.length === 4);
    expect(client.seqs).toEqual(oneTo(4));
  });
});

/** Reads a user's feed for as long as it takes, cut off at random and coming back wherever there is somebody. */
async function follow(user: string, addresses: () => readonly string[], random: () => number, done: () => number) {
  const seen: { seq: number; data: unknown }[] = [];
  let resets = 0;
  while (seen.length < done()) {
    const all = addresses();
    const at = all[Math.floor(random() * all.length)] ?? base();
    const client = await connect(user, { at, last: seen.at(-1)?.seq ?? 0 });
    const enough = 1 + Math.floor(random() * 30);
    await client
      .until((one) => ended(one) || one.events.length >= enough || seen.length + one.events.length >= done())
      .catch(() => {});
    const { events, frames } = client;
    seen.push(...events.map(({ seq, data }) => ({ seq, data })));
    resets += frames.filter(({ type }) => type === "reset").length;
    await client.cut();
    if (random() < 0.3) await delay(random() * 30);
  }
  return { seen, resets };
}

/** Repeatable: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("a client that is cut off again and again", () => {
  it("sees exactly what the database holds, also when a replica is killed", async () => {
    const EVENTS = 300;
    const users = [newUser(), newUser(), newUser()];
    const port = await freePort();
    const there = `http://127.0.0.1:${port}`;
    let child = await startProcess(port);
    let up = true;
    const live = (): string[] => (up ? [base(), there] : [base()]);
    const random = randomFrom(7);

    const followers = users.map((user, index) => follow(user, live, randomFrom(index + 1), () => EVENTS));
    const watchers = await Promise.all(users.map(async (user) => (await connect(user, { last: 0 })).ready()));

    const write = async (user: string): Promise<void> => {
      for (let count = 0; count < EVENTS; count++) {
        const all = live();
        const at = all[Math.floor(random() * all.length)] ?? base();
        // A delivery that died with its replica comes again, as the sidecar's would; once it counts.
        const id = crypto.randomUUID();
        const taskId = crypto.randomUUID();
        const hand = (to: string) =>
          deliver("task-updates", "dev.todo.screen.task_removed.v1", user, { userId: user, taskId }, { at: to, id });
        await hand(at).catch(() => hand(base()));
      }
    };
    const writers = users.map(write);
    for (let kill = 0; kill < 2; kill++) {
      await delay(300);
      child.kill("SIGKILL");
      await once(child, "exit");
      up = false;
      child = await startProcess(port);
      up = true;
    }
    await Promise.all(writers);
    const followed = await Promise.all(followers);
    for (const [index, user] of users.entries()) {
      const held = await kept(user);
      expect(held.map(({ seq }) => seq)).toEqual(oneTo(EVENTS));
      expect(followed[index]).toEqual({ seen: held, resets: 0 });
      // Never cut off; what a killed replica did not live to tell comes with the next thing that is told.
      await remove(user);
      const watcher = await watchers[index]?.until(({ seqs }) => seqs.length > EVENTS);
      expect(watcher?.seqs).toEqual(oneTo(EVENTS + 1));
    }
  }, 90_000);
});
