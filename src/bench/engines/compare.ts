/** The product against the bare chain: both take turns in one run, so that what else the machine does meets both. */
import { anonymous, type Client, signedUp } from "../http-client.ts";
import { createBare, createTask, echoBySidecars, echoDirectly, load, settled } from "./calls.ts";
import { bareBacklog, bareBursts, type EventTemplate, eventTemplate, productBacklog, productBursts } from "./events.ts";
import type { Running } from "./start.ts";
import { type Compared, type Ratio, rateOf, ratioOf, type Turn, timeOf } from "./statistics.ts";

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
  creates: "creating a task, gateway to insert, by a bare chain",
  dapr: "a call by two sidecars, by the same call without",
} as const;

type Side = () => Promise<Turn>;

export async function compare(
  running: Running,
  options: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const clients = await clientsOf(running, Math.max(...options.users));
  const template = await eventTemplate(running);
  say("warming up");
  await warmUp(running, clients, template);
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
async function clientsOf({ origin, addressOf, bare }: Running, users: number): Promise<Clients> {
  const product: Client[] = [];
  for (let user = 0; user < users; user++) product.push(await signedUp(origin, user, addressOf("gateway")));
  return { product, bare: product.map(() => anonymous(bare.front.url)) };
}

const WARM_UP_SECONDS = 3;

async function warmUp(running: Running, { product, bare }: Clients, template: EventTemplate): Promise<void> {
  await load(product, createTask, WARM_UP_SECONDS);
  await load(bare, createBare, WARM_UP_SECONDS);
  await load(bare, echoDirectly, 1);
  await settled(running);
  await productBursts(running, template, 10, 20);
  await bareBursts(running, template, 10, 40);
}

/** Whose turn is first changes with each round. */
async function taking(rounds: number, running: Running, product: Side, bare: Side): Promise<Compared> {
  const turns: { readonly product: Turn[]; readonly bare: Turn[] } = { product: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (["product", "bare"] as const) : (["bare", "product"] as const);
    for (const side of order) {
      turns[side].push(await (side === "product" ? product() : bare()));
      await settled(running);
    }
  }
  return turns;
}

/** Enough for a 99th percentile, and few where they are many. */
const burstsOf = (atOnce: number): number => Math.max(8, Math.round(60 / Math.sqrt(atOnce)));

async function compareEvents(
  running: Running,
  template: EventTemplate,
  { users, rounds, backlog }: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const group = GROUPS.events;
  for (const atOnce of users) {
    say(`events, ${atOnce} at once`);
    const turns = await taking(
      rounds,
      running,
      () => productBursts(running, template, atOnce, burstsOf(atOnce)),
      () => bareBursts(running, template, atOnce, burstsOf(atOnce)),
    );
    measurements.push(
      { group, what: `${atOnce} at once, p50`, unit: "ms", goal: EVENT_LATENCY, ...ratioOf(turns, timeOf(0.5)) },
      { group, what: `${atOnce} at once, p99`, unit: "ms", goal: EVENT_LATENCY, ...ratioOf(turns, timeOf(0.99)) },
      { group, what: `${atOnce} at once`, unit: "/s", ...ratioOf(turns, rateOf) },
    );
  }
  say(`events, ${backlog} waiting`);
  const turns = await taking(
    rounds,
    running,
    () => productBacklog(running, template, backlog),
    () => bareBacklog(running, template, backlog),
  );
  measurements.push({ group, what: `${backlog} waiting`, unit: "/s", goal: EVENT_RATE, ...ratioOf(turns, rateOf) });
  return measurements;
}

async function compareCreates(
  running: Running,
  clients: Clients,
  { users, rounds, seconds }: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const group = GROUPS.creates;
  for (const atOnce of users) {
    say(`creating tasks, ${atOnce} at once`);
    const turns = await taking(
      rounds,
      running,
      () => load(clients.product.slice(0, atOnce), createTask, seconds),
      () => load(clients.bare.slice(0, atOnce), createBare, seconds),
    );
    measurements.push(
      { group, what: `${atOnce} at once`, unit: "/s", goal: CREATE_RATE, ...ratioOf(turns, rateOf) },
      { group, what: `${atOnce} at once, p50`, unit: "ms", ...ratioOf(turns, timeOf(0.5)) },
      { group, what: `${atOnce} at once, p99`, unit: "ms", ...ratioOf(turns, timeOf(0.99)) },
    );
  }
  return measurements;
}

async function compareCalls(
  running: Running,
  { bare }: Clients,
  { users, rounds, seconds }: CompareOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const group = GROUPS.dapr;
  for (const atOnce of users) {
    say(`calls, ${atOnce} at once`);
    const turns = await taking(
      rounds,
      running,
      () => load(bare.slice(0, atOnce), echoBySidecars, seconds / 2),
      () => load(bare.slice(0, atOnce), echoDirectly, seconds / 2),
    );
    measurements.push(
      { group, what: `${atOnce} at once`, unit: "/s", ...ratioOf(turns, rateOf) },
      { group, what: `${atOnce} at once, p50`, unit: "ms", ...ratioOf(turns, timeOf(0.5)) },
      { group, what: `${atOnce} at once, p99`, unit: "ms", ...ratioOf(turns, timeOf(0.99)) },
    );
  }
  return measurements;
}
