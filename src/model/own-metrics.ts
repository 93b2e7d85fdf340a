/**
 * Metrics that our services export. The kit registers them from here, dashboards and alerts may name no others of ours.
 * Who exports a sample is the scrape's to say (`service`, `pod`), so no metric repeats it as a label.
 */

interface Metric {
  readonly help: string;
  readonly labels: readonly string[];
}

export interface CounterMetric extends Metric {
  readonly type: "counter";
}

export interface GaugeMetric extends Metric {
  readonly type: "gauge";
}

export interface HistogramMetric extends Metric {
  readonly type: "histogram";
  /** Upper bounds in seconds, ascending; every objective of `objectives.ts` is one of them. */
  readonly buckets: readonly number[];
}

export type OwnMetric = CounterMetric | GaugeMetric | HistogramMetric;

const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const eventBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300] as const;
const turnBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

const counter = <const L extends readonly string[]>(help: string, labels: L) =>
  ({ type: "counter", help, labels }) as const;
const gauge = <const L extends readonly string[]>(help: string, labels: L) =>
  ({ type: "gauge", help, labels }) as const;
const histogram = <const L extends readonly string[]>(help: string, labels: L, buckets: readonly number[]) =>
  ({ type: "histogram", help, labels, buckets }) as const;

export const ownMetrics = {
  // `route` is the route's pattern, never a path with ids; `unmatched` where no route matches.
  todo_http_requests_total: counter("Requests answered", ["method", "route", "status"]),
  todo_http_request_duration_seconds: histogram(
    "Seconds from a request's arrival to the headers of its answer, so that streams count by their first byte",
    ["method", "route"],
    requestBuckets,
  ),
  todo_http_requests_in_flight: gauge("Requests and streams that are being answered", []),

  todo_events_published_total: counter("Events that the sidecar took from the outbox", ["topic"]),
  todo_events_publish_failures_total: counter("Attempts to publish that failed and are repeated", ["topic"]),
  // outcome: processed | duplicate | stale | refused | failed
  todo_events_consumed_total: counter("Deliveries handled, by what became of them", ["topic", "outcome"]),
  todo_events_retried_total: counter("Deliveries handed back to the sidecar to be delivered again", ["topic"]),
  todo_events_dead_lettered_total: counter(
    "Events refused for good, which the sidecar then sends to the dead letter topic",
    ["topic"],
  ),
  todo_event_latency_seconds: histogram(
    "Seconds from the commit of the change that an event tells to the commit of its first effect here",
    ["topic"],
    eventBuckets,
  ),
  todo_event_handling_duration_seconds: histogram("Seconds one delivery took to handle", ["topic"], eventBuckets),

  todo_outbox_depth: gauge("Events committed and not yet published, of all replicas together", []),
  todo_outbox_oldest_age_seconds: gauge("Age of the oldest event not yet published; 0 when there is none", []),
  todo_outbox_leader: gauge("1 on the replica that relays the outbox", []),

  todo_database_pool_connections: gauge("Connections of the pool to PostgreSQL, by state: idle | busy | waiting", [
    "state",
  ]),

  todo_statistics_tasks_created: gauge("Tasks created since the statistics began, as audit counted them", []),
  todo_statistics_tasks_completed: gauge("Tasks completed since the statistics began, as audit counted them", []),
  todo_statistics_tasks_overdue: gauge("Open tasks past their due date, as audit counts them", []),

  // channel: app | email | webhook; outcome: sent | failed
  todo_reminders_delivered_total: counter("Deliveries of reminders", ["channel", "outcome"]),
  todo_reminders_late: gauge("Reminders whose minute has passed and that have not been fired", []),

  todo_realtime_connections: gauge("Open WebSocket connections of this replica", []),
  todo_realtime_frames_total: counter("Updates sent to open connections", []),
  // reason: gone | dead | slow | restart | tryAgain | notUnderstood | ticket | sessionOver | accountDeleted | tooMany
  todo_realtime_closed_total: counter("Connections that ended, by why", ["reason"]),

  // model: remote | offline; outcome: completed | refused | cancelled | failed
  todo_chat_turns_total: counter("Turns of the agent", ["model", "outcome"]),
  todo_chat_turn_duration_seconds: histogram(
    "Seconds from a person's message to the end of the answer",
    ["model"],
    turnBuckets,
  ),
} as const satisfies Readonly<Record<`todo_${string}`, OwnMetric>>;

export type OwnMetricName = keyof typeof ownMetrics;

/** Series names that Prometheus stores for our metrics: histograms become three. */
export const ownSeries: readonly string[] = Object.entries(ownMetrics).flatMap(([name, { type }]) =>
  type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
);

/** What prom-client's `collectDefaultMetrics` adds in every service and dashboards show. */
export const processSeries = [
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
  "nodejs_eventloop_lag_p99_seconds",
  "nodejs_heap_size_used_bytes",
] as const;
