/** What each process needs: memory and processor time, idle and by unit of work. `docs/sizing.md` draws on it. */
import { setTimeout as delay } from "node:timers/promises";
import { type Client, signedUp } from "../http-client.ts";
import { createTask, load, settled } from "./calls.ts";
import { type Use, usesOf } from "./processes.ts";
import type { Running } from "./start.ts";

export interface ProfileOptions {
  /** At once, in every phase. */
  readonly users: number;
  /** Of one phase. */
  readonly seconds: number;
}

export interface ProcessProfile {
  readonly idleMebibytes: number;
  /** The most that was seen, looked at each second. */
  readonly peakMebibytes: number;
  /** Thousandths of a core. */
  readonly idleMillicores: number;
  /** By phase: processor time for one unit of its work, in milliseconds, beyond what the process takes idle. */
  readonly cpuMilliseconds: Readonly<Record<string, number>>;
}

export interface Phase {
  readonly name: string;
  /** Units of work a second. */
  readonly rate: number;
  readonly count: number;
  /** By database role: statements for one unit. */
  readonly statements: Readonly<Record<string, number>>;
}

export interface Profile {
  readonly phases: readonly Phase[];
  readonly processes: Readonly<Record<string, ProcessProfile>>;
}

export interface ProfileClient extends Client {
  /** Opens the signed-in page. */
  readonly open: () => Promise<string>;
}

type Work = (client: ProfileClient) => Promise<unknown>;

const create = async (client: Client, task: object): Promise<{ id: string }> =>
  JSON.parse(await client.post("/api/v1/tasks", task)) as { id: string };

/** One unit each; what follows by events counts to it. */
export const phases: Readonly<Record<string, Work>> = {
  "open the page": (client) => client.open(),
  "create a task": createTask,
  "list 20 tasks": (client) => client.get("/api/v1/tasks?limit=20"),
  "remind of a task": (client) =>
    create(client, { title: "pay the rent", due: "2030-01-01T09:00", reminder: { minutesBefore: 30 } }),
  "complete a recurring task": async (client) => {
    const recurrence = { rrule: "FREQ=DAILY", anchor: "schedule" };
    const { id } = await create(client, { title: "water the flowers", due: "2030-01-01", recurrence });
    await client.post(`/api/v1/tasks/${id}/complete`);
  },
  "ask the offline assistant": (client) =>
    client.post("/api/v1/chat", {
      message: { role: "user", parts: [{ type: "text", text: "add buy milk tomorrow" }] },
    }),
};

const IDLE_SECONDS = 15;
/** V8 compiles what is hot; what is not yet compiled takes several times as long. */
const WARM_UP_SECONDS = 6;
const LOOK_EVERY_MS = 1_000;

export async function profile(
  running: Running,
  { users, seconds }: ProfileOptions,
  say: (line: string) => void,
): Promise<Profile> {
  await running.database.query("create extension pg_stat_statements");
  const clients: ProfileClient[] = [];
  for (let user = 0; user < users; user++) {
    const client = await signedUp(running.origin, user, running.addressOf("gateway"));
    const page = client.at(running.addressOf("frontend"));
    clients.push({ ...client, open: () => page.get("/") });
  }
  await settled(running);

  say(`idle, ${IDLE_SECONDS} s`);
  const uses = () => usesOf(running.processes);
  const before = uses();
  await delay(IDLE_SECONDS * 1000);
  const idle = uses();
  const idleShare = new Map(spent(before, idle, IDLE_SECONDS));

  const peaks = new Map<string, number>();
  const looking = setInterval(() => {
    for (const [name, { mebibytes }] of uses()) peaks.set(name, Math.max(peaks.get(name) ?? 0, mebibytes));
  }, LOOK_EVERY_MS);
  const done: Phase[] = [];
  const cpu = new Map<string, Record<string, number>>();
  try {
    for (const [name, work] of Object.entries(phases)) {
      say(name);
      await load(clients, work, WARM_UP_SECONDS);
      await settled(running);
      const start = uses();
      const began = performance.now();
      await running.database.query("select pg_stat_statements_reset()");
      const turn = await load(clients, work, seconds);
      await settled(running);
      const count = turn.times.length;
      done.push({ name, rate: turn.rate, count, statements: await statementsOf(running, count) });
      const wall = (performance.now() - began) / 1000;
      for (const [process, milliseconds] of spent(start, uses(), count)) {
        const own = milliseconds - ((idleShare.get(process) ?? 0) * wall) / count;
        cpu.set(process, { ...cpu.get(process), [name]: Math.max(0, own) });
      }
    }
  } finally {
    clearInterval(looking);
  }
  const processes = [...idle].map(([name, use]): [string, ProcessProfile] => [
    name,
    {
      idleMebibytes: use.mebibytes,
      peakMebibytes: peaks.get(name) ?? use.mebibytes,
      idleMillicores: idleShare.get(name) ?? 0,
      cpuMilliseconds: cpu.get(name) ?? {},
    },
  ]);
  return { phases: done, processes: Object.fromEntries(processes) };
}

const spent = (before: ReadonlyMap<string, Use>, after: ReadonlyMap<string, Use>, count: number): [string, number][] =>
  [...after].map(([name, { cpuSeconds }]) => [
    name,
    ((cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)) * 1000) / count,
  ]);

async function statementsOf({ database }: Running, count: number): Promise<Record<string, number>> {
  const { rows } = await database.query<{ role: string; calls: string }>(
    `select rolname as role, sum(calls) as calls
     from pg_stat_statements join pg_roles on pg_roles.oid = userid
     where not rolsuper group by rolname order by rolname`,
  );
  return Object.fromEntries(rows.map(({ role, calls }) => [role, Number(calls) / count]));
}
