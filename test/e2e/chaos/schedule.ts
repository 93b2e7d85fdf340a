/** What goes wrong, and when: a pure function of the seed. */
import { todo } from "#system";
import { type Random, randomOf } from "./random.ts";

/** Moments of a service that are seen on its connections. */
export type Point =
  | "commit asked"
  | "commit answered"
  | "publish asked"
  | "publish answered"
  | "delivery asked"
  | "delivery answered";

export type Victim = "service" | "sidecar" | "database";

/** `database`: service to PostgreSQL; `api`: service to its sidecar; `app`: sidecar to its service. */
export type Link = "database" | "api" | "app";

export type PoisonForm = "no JSON" | "unknown type" | "broken contract";

export type Process =
  | { readonly kind: "service" | "sidecar"; readonly service: string }
  | { readonly kind: "broker"; readonly index: number }
  | { readonly kind: "database" };

export type Fault =
  /** SIGKILL in the very moment, which what follows does not get past. */
  | { readonly kind: "strike"; readonly service: string; readonly point: Point; readonly victim: Victim }
  | { readonly kind: "kill"; readonly process: Process }
  | { readonly kind: "pause"; readonly process: Process; readonly forMs: number }
  | { readonly kind: "cut"; readonly service: string; readonly link: Link }
  /** Who called is cut off; the other end does not hear of it for a while. */
  | { readonly kind: "half-open"; readonly service: string; readonly link: Link; readonly forMs: number }
  /** Nothing gets through in either direction, then everything is cut. */
  | { readonly kind: "stall"; readonly service: string; readonly link: Link; readonly forMs: number }
  | {
      readonly kind: "delay";
      readonly service: string;
      readonly link: Link;
      readonly byMs: number;
      readonly forMs: number;
    }
  /** An event is published once more. `pick`: which of those seen so far, from 0 (the first) to 1. */
  | { readonly kind: "duplicate"; readonly topic: string; readonly pick: number }
  /** An old state of something is published as news, behind newer ones. */
  | { readonly kind: "stale"; readonly topic: string; readonly pick: number }
  | { readonly kind: "poison"; readonly topic: string; readonly form: PoisonForm };

export type Scheduled = Fault & {
  /** Since the fault before. */
  readonly afterMs: number;
};

const services = Object.entries(todo.services).filter(([name]) => name !== "frontend");
const namesWhere = (holds: (service: (typeof services)[number][1]) => boolean): string[] =>
  services.filter(([, service]) => holds(service)).map(([name]) => name);

const everyone = namesWhere(() => true);
const subscribers = namesWhere(({ subscribes }) => subscribes.length > 0);
const publishers = namesWhere(({ publishes }) => publishes.length > 0);

export const BROKERS = 3;
/** Sarama's session timeout, which Dapr leaves as it is, is 10 s; a broker counts as gone after 9 s. */
const BEYOND_SESSION_MS = [11_000, 15_000] as const;

/** What each subscriber takes in the order of versions: an old state under a new id must have no effect. */
const VERSIONED = ["task-events", "task-updates", "reminders"] as const;
const TOPICS = [...VERSIONED, "chat-events", "user-events"] as const;

const strikes: readonly (readonly [Point, Victim])[] = [
  ["commit asked", "service"],
  ["commit answered", "service"],
  ["commit answered", "database"],
  ["publish asked", "service"],
  ["publish asked", "sidecar"],
  ["publish answered", "service"],
  ["publish answered", "sidecar"],
  ["delivery asked", "service"],
  ["delivery asked", "sidecar"],
  ["delivery answered", "service"],
  ["delivery answered", "sidecar"],
];

/** Services that reach a point again and again while people work; the others do so only now and then. */
function strikable(point: Point): readonly string[] {
  if (point.startsWith("publish")) return publishers.filter((name) => name !== "gateway");
  return point.startsWith("delivery") ? subscribers.filter((name) => name !== "chat") : everyone;
}

const links: readonly Link[] = ["database", "api", "app"];
const several = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** One of everything that can go wrong, more of what goes wrong more often. */
function deck(random: Random, hit: readonly string[]): Fault[] {
  const aService = (): Process => ({ kind: "service", service: random.pick(hit) });
  const aSidecar = (): Process => ({ kind: "sidecar", service: random.pick(hit) });
  const aBroker = (): Process => ({ kind: "broker", index: random.between(0, BROKERS - 1) });
  const beyondSession = (): number => random.between(...BEYOND_SESSION_MS);
  return random.shuffled<Fault>([
    ...strikes.flatMap(([point, victim]): Fault[] => {
      const reaching = strikable(point).filter((name) => hit.includes(name));
      return reaching.length > 0 ? [{ kind: "strike", service: random.pick(reaching), point, victim }] : [];
    }),
    ...several(4, (): Fault => ({ kind: "kill", process: aService() })),
    ...several(2, (): Fault => ({ kind: "kill", process: aSidecar() })),
    { kind: "kill", process: aBroker() },
    { kind: "kill", process: { kind: "database" } },
    ...[aService, aSidecar, aBroker].map(
      (process): Fault => ({ kind: "pause", process: process(), forMs: beyondSession() }),
    ),
    ...links.flatMap((link): Fault[] => [
      { kind: "cut", service: random.pick(hit), link },
      { kind: "half-open", service: random.pick(hit), link, forMs: random.between(1_000, 8_000) },
      { kind: "stall", service: random.pick(hit), link, forMs: random.between(1_000, 8_000) },
      {
        kind: "delay",
        service: random.pick(hit),
        link,
        byMs: random.between(50, 1_500),
        forMs: random.between(2_000, 8_000),
      },
    ]),
    ...several(3, (): Fault => ({ kind: "duplicate", topic: random.pick(TOPICS), pick: random.next() })),
    ...several(3, (): Fault => ({ kind: "stale", topic: random.pick(VERSIONED), pick: random.next() })),
    ...(["no JSON", "unknown type", "broken contract"] as const).map(
      (form): Fault => ({ kind: "poison", topic: random.pick(TOPICS), form }),
    ),
  ]);
}

/** Mean of 1.4 s: short enough for faults to overlap, long enough for something to come back to life in between. */
const PAUSE_MS = [200, 2_600] as const;

/**
 * @param count how many faults; a longer schedule begins with the shorter one of the same seed
 * @param hit services that are hit; brokers, PostgreSQL and topics are in any case
 * @throws RangeError for a service that there is not
 */
export function scheduleOf(seed: number, count: number, hit: readonly string[] = everyone): Scheduled[] {
  const stranger = hit.find((name) => !everyone.includes(name));
  if (stranger !== undefined || hit.length === 0)
    throw new RangeError(`no service "${stranger ?? ""}" can be hit: choose among ${everyone.join(", ")}`);
  const random = randomOf(seed);
  const scheduled: Scheduled[] = [];
  while (scheduled.length < count) {
    for (const fault of deck(random, hit)) scheduled.push({ ...fault, afterMs: random.between(...PAUSE_MS) });
  }
  return scheduled.slice(0, count);
}

/** The faults that begin within so many seconds. */
export function scheduleWithin(seed: number, seconds: number, hit?: readonly string[]): Scheduled[] {
  const all = scheduleOf(seed, Math.ceil((seconds * 1_000) / PAUSE_MS[0]), hit);
  let at = 0;
  return all.filter(({ afterMs }) => {
    at += afterMs;
    return at <= seconds * 1_000;
  });
}

/** One line for people. */
export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case "strike":
      return `kill the ${fault.victim} of ${fault.service} at "${fault.point}"`;
    case "kill":
      return `kill ${processText(fault.process)}`;
    case "pause":
      return `pause ${processText(fault.process)} for ${fault.forMs} ms`;
    case "cut":
      return `cut ${fault.service}'s ${fault.link} connections`;
    case "half-open":
    case "stall":
      return `${fault.kind} ${fault.service}'s ${fault.link} connections for ${fault.forMs} ms`;
    case "delay":
      return `delay ${fault.service}'s ${fault.link} connections by ${fault.byMs} ms for ${fault.forMs} ms`;
    case "duplicate":
      return `publish an event of ${fault.topic} again`;
    case "stale":
      return `publish an old state on ${fault.topic}`;
    case "poison":
      return `publish what is ${fault.form} on ${fault.topic}`;
  }
}

export function processText(process: Process): string {
  switch (process.kind) {
    case "service":
      return process.service;
    case "sidecar":
      return `the sidecar of ${process.service}`;
    case "broker":
      return `broker ${process.index + 1}`;
    case "database":
      return "PostgreSQL";
  }
}
