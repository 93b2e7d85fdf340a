/** What the product promises (REQUIREMENTS E5) and from where on a person is told: the one table of thresholds. */
import type { Todo } from "#system";
import { type Duration, days, hours, minutes, seconds } from "./quantities.ts";
import type { AnyService } from "./service.ts";

const milliseconds = (n: number): Duration => Object.freeze({ milliseconds: n });

/** Promises to people, measured over `window`. */
export const serviceLevels = {
  window: days(30),
  /** Share of requests that are not answered with 5xx. */
  availability: 0.999,
  /** Share of requests or events that have to be within the latencies below. */
  quantile: 0.99,
  /** From a request's arrival to the headers of its answer. */
  apiLatency: milliseconds(500),
  /** From the commit of a change to the commit of its effect in another service. */
  eventLatency: milliseconds(100),
  /** What the two sidecars of a call add. */
  daprOverhead: milliseconds(20),
} as const;

/**
 * Burn rates that spend a budget too fast, each over a long window and a short one that ends the alert soon.
 * https://sre.google/workbook/alerting-on-slos/ (multiwindow, multi-burn-rate alerts)
 */
export const burnRates = [
  { name: "fast", factor: 14.4, long: hours(1), short: minutes(5), for: minutes(2), severity: "critical" },
  { name: "steady", factor: 6, long: hours(6), short: minutes(30), for: minutes(15), severity: "critical" },
  { name: "slow", factor: 3, long: days(1), short: hours(2), for: hours(1), severity: "warning" },
] as const;

/** Share of 5xx of one service that is wrong whatever the budget says. */
export const errorRatio = 0.05;

/** Requests per second below which a ratio says nothing. */
export const leastTraffic = 0.05;

type TopicName = keyof Todo["topics"];

/**
 * Events a consumer group may be behind on a topic, for how long. What a person waits for has little patience. For pure
 * consumers KEDA tells at most `lagThreshold` times partitions: a limit beyond that would never be reached.
 */
export const lagLimits = {
  "task-events": { events: 500, for: minutes(10) },
  "task-updates": { events: 200, for: minutes(5) },
  reminders: { events: 200, for: minutes(5) },
  "chat-events": { events: 500, for: minutes(10) },
  "user-events": { events: 200, for: minutes(15) },
} as const satisfies Readonly<Record<Exclude<TopicName, "dead-letters">, { events: number; for: Duration }>>;

/** For topics of other systems, or new ones that nobody has thought about yet. */
const usualLag = { events: 200, for: minutes(10) } as const;

export const lagLimitOf = (topic: string): { readonly events: number; readonly for: Duration } =>
  Object.hasOwn(lagLimits, topic) ? lagLimits[topic as keyof typeof lagLimits] : usualLag;

/**
 * Certificates of Kafka's clients. A sidecar reads its own once, when the pod starts, at worst just before the renewal:
 * a pod younger than `renewBefore` always holds a valid one, so older pods are restarted.
 */
export const kafkaClientCertificates = { validity: days(365), renewBefore: days(90) } as const;

export const limits = {
  outboxDepth: 1000,
  outboxAge: minutes(1),
  /** A pod that is not ready for so long will not become so by itself. */
  notReady: minutes(10),
  restarts: { count: 3, within: hours(1) },
  /** Share of the container's limit. */
  memory: 0.9,
  /** Share of periods in which a container with a CPU limit was held back. */
  throttled: 0.25,
  /** Share of the CPU that a service's pods requested, beyond which the autoscaler should have helped. */
  cpuOfRequest: 1.5,
  /** Share of a volume that is free. */
  volumeFree: { warning: 0.15, critical: 0.03 },
  /** Share of PostgreSQL's connections. */
  connections: 0.85,
  replicationLag: seconds(30),
  certificate: { warning: days(21), critical: days(7) },
  podWithKafkaCertificate: { warning: days(60), critical: days(80) },
  secretSync: minutes(15),
  outOfSync: minutes(30),
} as const;

/**
 * Where the API's latency is promised: not where an answer waits for a language model, whose turns have a metric of
 * their own, and not for consumers, whose requests are deliveries.
 */
export const promisesLatency = (service: AnyService): boolean =>
  service.role !== "consumer" && !service.egress.includes("llm");
