/** The product against the bare chain: both take turns in one run, so that what else the machine does meets both. */
import { anonymous, type Client, signedUp } from "../http-client.ts";
import { createBare, createTask, echoBySidecars, echoDirectly, load, settled } from "./calls.ts";
import { bareBacklog, bareBursts, type EventTemplate, eventTemplate, productBacklog, productBursts } from "./events.ts";
import { holdingEvents } from "./hold.ts";
import { usesOf } from "./processes.ts";
import { type BesideBare, SUBSCRIBERS } from "./start.ts";
import { type Compared, cpuOf, type Ratio, rateOf, ratioOf, type Turn, timeOf } from "./statistics.ts";

export interface CompareOptions {
  readonly users: readonly number[];
  /** Turns of each side. */
  readonly rounds: number;
  /** Of one turn of requests. */
  readonly seconds: number;
  /** Events of one backlog. */
  readonly backlog: number;
}

export interface Goal {
  readonly kind: "at most" | "at least";
  readonly ratio: number;
}

export interface Measurement extends Ratio {
  readonly group: string;
  readonly what: string;
  readonly unit: "ms" | "/s";
  /** The ratio to keep to; absent: for orientation. */
  readonly goal?: Goal;
}

export const isMet = ({ goal, ratio }: Measurement): boolean => {
  if (!goal) return true;
  return goal.kind === "at most" ? ratio <= goal.ratio : ratio >= goal.ratio;
};

const EVENT_LATENCY: Goal = { kind: "at most", ratio: 1.5 };
const EVENT_RATE: Goal = { kind: "at least", ratio: 0.8 };
const CREATE_RATE: Goal = { kind: "at least", ratio: 0.7 };

export const GROUPS = {
  events: "commit to effect, tasks to audit, by a daprd and Kafka by a bare one",
  creates: "creating a task, gateway to insert, by a bare chain; events wait meanwhile, as the bare chain has none",
  whole: "the same while all that follows by events has to be done on the same cores",
  dapr: "a call by two sidecars, by the same call without",
} as const;

type Side = () => Promise<Turn>;

export async function compare(
  running: BesideBare,
  options: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const clients = await clientsOf(running, Math.max(...options.users));
  const template = await eventTemplate(running);
  say("warming up");
  await warmUp(running, clients, template, options);
  return [
    ...(await compareEvents(running, template, options, say)),
    ...(await compareCreates(running, clients, options, say)),
    ...(await compareCalls(running, clients, options, say)),
  ];
}

interface Clients {
  readonly product: readonly Client[];
  readonly bare: readonly Client[];
}

/** Past the edge: in the cluster it is Envoy, and the bare chain has none. */
async function clientsOf({ origin, addressOf, bare }: BesideBare, users: number): Promise<Clients> {
  const product: Client[] = [];
  for (let user = 0; user < users; user++) product.push(await signedUp(origin, user, addressOf("gateway")));
  return { product, bare: product.map(() => anonymous(bare.front.url)) };
}

const WARM_UP_SECONDS = 6;

/** Both sides as often as it takes V8 to have compiled what is hot. */
async function warmUp(
  running: BesideBare,
  { product, bare }: Clients,
  template: EventTemplate,
  { backlog }: CompareOptions,
): Promise<void> {
  await holdingEvents(running, () => load(product, createTask, WARM_UP_SECONDS));
  await load(bare, createBare, WARM_UP_SECONDS);
  await load(bare, echoDirectly, 1);
  await productBursts(running, template, 10, 20);
  await bareBursts(running, template, 10, 20);
  await productBacklog(running, template, backlog);
  await bareBacklog(running, template, backlog);
}

/** Whose turn is first changes with each round. */
async function taking<Name extends string>(
  rounds: number,
  running: BesideBare,
  sides: Readonly<Record<Name, Side>>,
): Promise<Record<Name, Turn[]>> {
  const names = Object.keys(sides) as Name[];
  const turns = Object.fromEntries(names.map((name) => [name, [] as Turn[]])) as Record<Name, Turn[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names.map((_, index) => names[(index + round) % names.length] as Name)) {
      turns[name].push(await sides[name]());
      await settled(running);
    }
  }
  return turns;
}

/** Enough for a 99th percentile, and few where they are many. */
const burstsOf = (atOnce: number): number => Math.max(8, Math.round(60 / Math.sqrt(atOnce)));

const latencies = (what: string, turns: Compared, goal?: Goal): Omit<Measurement, "group">[] =>
  ([0.5, 0.99] as const).map((q) => ({
    what: `${what}, p${q * 100}`,
    unit: "ms",
    ...(goal ? { goal } : {}),
    ...ratioOf(turns, timeOf(q)),
  }));

const grouped = (group: string, measurements: readonly Omit<Measurement, "group">[]): Measurement[] =>
  measurements.map((measurement) => ({ group, ...measurement }));

async function compareEvents(
  running: BesideBare,
  template: EventTemplate,
  { users, rounds, backlog }: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Omit<Measurement, "group">[] = [];
  for (const atOnce of users) {
    const what = `${atOnce} at once`;
    say(`events, ${what}`);
    const turns = await taking(rounds, running, {
      product: () => productBursts(running, template, atOnce, burstsOf(atOnce)),
      bare: () => bareBursts(running, template, atOnce, burstsOf(atOnce)),
    });
    measurements.push(...latencies(what, turns, EVENT_LATENCY), { what, unit: "/s", ...ratioOf(turns, rateOf) });
  }
  const what = `${backlog} waiting`;
  say(`events, ${what}`);
  const turns = await taking(rounds, running, {
    product: () => timed(pathOfProduct(running), () => productBacklog(running, template, backlog)),
    bare: () => timed(pathOfBare(running), () => bareBacklog(running, template, backlog)),
  });
  measurements.push({ what, unit: "/s", goal: EVENT_RATE, ...ratioOf(turns, rateOf) });
  measurements.push({ what: `${what}, processor time of one`, unit: "ms", ...ratioOf(turns, cpuOf(EVENT_PARTS)) });
  measurements.push(...EVENT_PARTS.map((part) => partOf(part, turns)));
  return grouped(GROUPS.events, measurements);
}

async function compareCreates(
  running: BesideBare,
  clients: Clients,
  { users, rounds, seconds }: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const alone: Omit<Measurement, "group">[] = [];
  const together: Omit<Measurement, "group">[] = [];
  const parts: Omit<Measurement, "group">[] = [];
  for (const atOnce of users) {
    const what = `${atOnce} at once`;
    say(`creating tasks, ${what}`);
    const create = () => load(clients.product.slice(0, atOnce), createTask, seconds);
    const { product, whole, bare } = await taking(rounds, running, {
      product: () => holdingEvents(running, () => timed(chainOfProduct(running), create)),
      bare: () => timed(chainOfBare(running), () => load(clients.bare.slice(0, atOnce), createBare, seconds)),
      whole: create,
    });
    const turns = { product, bare };
    alone.push({ what, unit: "/s", goal: CREATE_RATE, ...ratioOf(turns, rateOf) }, ...latencies(what, turns), {
      what: `${what}, processor time of one`,
      unit: "ms",
      ...ratioOf(turns, cpuOf(PARTS)),
    });
    if (atOnce === Math.max(...users)) parts.push(...PARTS.map((part) => partOf(part, turns)));
    together.push({ what, unit: "/s", ...ratioOf({ product: whole, bare }, rateOf) });
  }
  return [...grouped(GROUPS.creates, alone.concat(parts)), ...grouped(GROUPS.whole, together)];
}

type Pids = Readonly<Record<string, number | readonly number[]>>;

/** Of an event, in the order in which it passes them. */
const EVENT_PARTS = [
  "publisher",
  "its daprd",
  "brokers",
  "daprds of subscribers",
  "subscribers",
  "PostgreSQL",
] as const;

const brokersOf = (processes: BesideBare["processes"]): number[] =>
  Object.entries(processes).flatMap(([name, pid]) => (name.startsWith("broker ") ? pid : []));

const named = (parts: readonly string[], ...pids: readonly (Pids[string] | undefined)[]): Pids =>
  Object.fromEntries(parts.map((part, index) => [part, pids[index] ?? 0]));

function pathOfProduct({ processes }: BesideBare): Pids {
  const pidsOf = (nameOf: (subscriber: string) => string): number[] =>
    SUBSCRIBERS.map((name) => processes[nameOf(name)] ?? 0);
  return named(
    EVENT_PARTS,
    processes.tasks,
    processes["daprd of tasks"],
    brokersOf(processes),
    pidsOf((name) => `daprd of ${name}`),
    pidsOf((name) => name),
    processes.postgres,
  );
}

const pathOfBare = ({ bare: { front, backs }, processes }: BesideBare): Pids =>
  named(
    EVENT_PARTS,
    front.pid,
    front.daprd.pid,
    brokersOf(processes),
    backs.map(({ daprd }) => daprd.pid),
    backs.map(({ pid }) => pid),
    processes.postgres,
  );

/** Of the chain, in the order in which a request passes them; both sides have each. */
const PARTS = ["first service", "its daprd", "daprd of the second", "second service", "PostgreSQL"] as const;

const partOf = (part: string, turns: Compared): Omit<Measurement, "group"> => ({
  what: `processor time of one: ${part}`,
  unit: "ms",
  ...ratioOf(turns, cpuOf([part])),
});

const chainOfProduct = ({ processes: { gateway, tasks, postgres, ...others } }: BesideBare): Pids =>
  named(PARTS, gateway, others["daprd of gateway"], others["daprd of tasks"], tasks, postgres);

const chainOfBare = ({ bare: { front, backs }, processes: { postgres } }: BesideBare): Pids =>
  named(PARTS, front.pid, front.daprd.pid, backs[0]?.daprd.pid, backs[0]?.pid, postgres);

/** With the processor time that the processes of the chain took for one request. */
async function timed(pids: Pids, work: Side): Promise<Turn> {
  const before = usesOf(pids);
  const turn = await work();
  const spent = [...usesOf(pids)].map(([part, { cpuSeconds }]): [string, number] => [
    part,
    ((cpuSeconds - (before.get(part)?.cpuSeconds ?? 0)) * 1000) / turn.times.length,
  ]);
  return { ...turn, cpuMilliseconds: Object.fromEntries(spent) };
}

async function compareCalls(
  running: BesideBare,
  { bare }: Clients,
  { users, rounds, seconds }: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Omit<Measurement, "group">[] = [];
  for (const atOnce of users) {
    const what = `${atOnce} at once`;
    say(`calls, ${what}`);
    const callers = bare.slice(0, atOnce);
    const { by, past } = await taking(rounds, running, {
      by: () => load(callers, echoBySidecars, seconds / 2),
      past: () => load(callers, echoDirectly, seconds / 2),
    });
    const turns = { product: by, bare: past };
    measurements.push({ what, unit: "/s", ...ratioOf(turns, rateOf) }, ...latencies(what, turns));
  }
  return grouped(GROUPS.dapr, measurements);
}
