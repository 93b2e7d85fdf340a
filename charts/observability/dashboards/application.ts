import type { RenderContext } from "#constructs/application-chart";
import { type Dashboard, logs, type Row, stat, timeseries } from "#constructs/dashboard";
import { namespaces } from "#model/names";
import { errorRatio as errorLimit, limits, serviceLevels } from "#model/objectives";
import { collectsLogs } from "#model/telemetry";
import { errorRatio, inSeconds, own, ownBuckets, quantile, rate, requestRate } from "../queries.ts";

const ofService = 'service=~"$service"';
const window = "5m";
const { apiLatency, eventLatency, quantile: q } = serviceLevels;

const promised = (limit: number) => ({ warning: limit, critical: limit * 2 });

const overview: Row = {
  title: "What people notice",
  panels: [
    stat({
      title: "Requests",
      queries: [{ expr: `sum(${requestRate(window)})`, legend: "" }],
      unit: "reqps",
      width: 4,
    }),
    stat({
      title: "Errors",
      description: "Share of answers with 5xx, of all services",
      queries: [
        {
          expr: `sum(${requestRate(window, 'status=~"5.."')}) / sum(${requestRate(window)}) or vector(0)`,
          legend: "",
        },
      ],
      unit: "percentunit",
      width: 4,
      thresholds: { warning: 1 - serviceLevels.availability, critical: errorLimit },
    }),
    stat({
      title: "Slowest 1 %",
      description: "p99 from a request's arrival at the gateway to the headers of its answer",
      queries: [
        {
          expr: quantile(q, "service", ownBuckets("todo_http_request_duration_seconds", 'service="gateway"'), window),
          legend: "",
        },
      ],
      unit: "s",
      width: 4,
      thresholds: promised(inSeconds(apiLatency)),
    }),
    stat({
      title: "Unpublished events",
      queries: [{ expr: `sum(max by (service) (${own("todo_outbox_depth")}))`, legend: "" }],
      unit: "short",
      width: 4,
      thresholds: { warning: limits.outboxDepth / 10, critical: limits.outboxDepth },
    }),
    stat({
      title: "Late reminders",
      queries: [{ expr: `max(${own("todo_reminders_late")})`, legend: "" }],
      unit: "short",
      width: 4,
      thresholds: { warning: 1, critical: 10 },
    }),
    stat({
      title: "Live connections",
      queries: [{ expr: `sum(${own("todo_realtime_connections")})`, legend: "" }],
      unit: "short",
      width: 4,
    }),
  ],
};

const requests: Row = {
  title: "Requests of $service",
  panels: [
    timeseries({
      title: "Rate",
      queries: [{ expr: requestRate(window, ofService), legend: "{{service}}" }],
      unit: "reqps",
      width: 8,
      stacked: true,
    }),
    timeseries({
      title: "Errors",
      description: "Share of answers with 5xx",
      queries: [{ expr: errorRatio(window, ofService), legend: "{{service}}" }],
      unit: "percentunit",
      width: 8,
      thresholds: { warning: 1 - serviceLevels.availability, critical: errorLimit },
    }),
    timeseries({
      title: "Duration, p99",
      queries: [
        {
          expr: quantile(q, "service", ownBuckets("todo_http_request_duration_seconds", ofService), window),
          legend: "{{service}}",
        },
      ],
      unit: "s",
      width: 8,
      thresholds: promised(inSeconds(apiLatency)),
    }),
    timeseries({
      title: "Slowest routes, p99",
      queries: [
        {
          expr: `topk(10, ${quantile(q, "service, route", ownBuckets("todo_http_request_duration_seconds", ofService), window)})`,
          legend: "{{service}} {{route}}",
        },
      ],
      unit: "s",
      width: 12,
    }),
    timeseries({
      title: "Answers by status",
      queries: [
        {
          expr: `sum by (service, status) (${rate(own("todo_http_requests_total", `${ofService},status!~"2.."`), window)})`,
          legend: "{{service}} {{status}}",
        },
      ],
      unit: "reqps",
      width: 12,
    }),
  ],
};

const events: Row = {
  title: "Events of $service",
  panels: [
    timeseries({
      title: "Published",
      queries: [
        {
          expr: `sum by (service, topic) (${rate(own("todo_events_published_total", ofService), window)})`,
          legend: "{{service}} to {{topic}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "Consumed, by outcome",
      queries: [
        {
          expr: `sum by (service, topic, outcome) (${rate(own("todo_events_consumed_total", ofService), window)})`,
          legend: "{{service}} {{topic}} {{outcome}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "From change to effect, p99",
      queries: [
        {
          expr: quantile(q, "service, topic", ownBuckets("todo_event_latency_seconds", ofService), window),
          legend: "{{topic}} at {{service}}",
        },
      ],
      unit: "s",
      width: 8,
      thresholds: promised(inSeconds(eventLatency)),
    }),
    timeseries({
      title: "Outbox: unpublished events",
      queries: [{ expr: `max by (service) (${own("todo_outbox_depth", ofService)})`, legend: "{{service}}" }],
      unit: "short",
      width: 8,
      thresholds: { warning: limits.outboxDepth / 10, critical: limits.outboxDepth },
    }),
    timeseries({
      title: "Outbox: age of the oldest",
      queries: [
        { expr: `max by (service) (${own("todo_outbox_oldest_age_seconds", ofService)})`, legend: "{{service}}" },
      ],
      unit: "s",
      width: 8,
      thresholds: { warning: inSeconds(limits.outboxAge) / 4, critical: inSeconds(limits.outboxAge) },
    }),
    timeseries({
      title: "Handed back and refused",
      queries: [
        {
          expr: `sum by (service, topic) (${rate(own("todo_events_retried_total", ofService), window)})`,
          legend: "{{service}} retries {{topic}}",
        },
        {
          expr: `sum by (service, topic) (${rate(own("todo_events_dead_lettered_total", ofService), window)})`,
          legend: "{{service}} refuses {{topic}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
  ],
};

const inPods = `namespace="${namespaces.apps}",${ofService}`;

const processes: Row = {
  title: "Processes of $service",
  panels: [
    timeseries({
      title: "Event loop lag, p99",
      queries: [{ expr: `max by (service, pod) (nodejs_eventloop_lag_p99_seconds{${inPods}})`, legend: "{{pod}}" }],
      unit: "s",
      width: 8,
      thresholds: { warning: 0.1, critical: 0.5 },
    }),
    timeseries({
      title: "Memory",
      queries: [{ expr: `max by (pod) (process_resident_memory_bytes{${inPods}})`, legend: "{{pod}}" }],
      unit: "bytes",
      width: 8,
    }),
    timeseries({
      title: "Connections to PostgreSQL",
      queries: [
        {
          expr: `sum by (service, state) (${own("todo_database_pool_connections", ofService)})`,
          legend: "{{service}} {{state}}",
        },
      ],
      unit: "short",
      width: 8,
    }),
  ],
};

const product: Row = {
  title: "The product",
  panels: [
    timeseries({
      title: "Tasks since the beginning",
      queries: [
        { expr: `max(${own("todo_statistics_tasks_created")})`, legend: "created" },
        { expr: `max(${own("todo_statistics_tasks_completed")})`, legend: "completed" },
      ],
      unit: "short",
      width: 6,
    }),
    timeseries({
      title: "Overdue tasks",
      queries: [{ expr: `max(${own("todo_statistics_tasks_overdue")})`, legend: "overdue" }],
      unit: "short",
      width: 6,
    }),
    timeseries({
      title: "Turns of the assistant",
      queries: [
        {
          expr: `sum by (model, outcome) (${rate(own("todo_chat_turns_total"), window)})`,
          legend: "{{model}} {{outcome}}",
        },
        {
          expr: quantile(q, "model", ownBuckets("todo_chat_turn_duration_seconds"), window),
          legend: "{{model}} p99 in seconds",
        },
      ],
      unit: "short",
      width: 6,
    }),
    timeseries({
      title: "Reminders delivered",
      queries: [
        {
          expr: `sum by (channel, outcome) (${rate(own("todo_reminders_delivered_total"), window)})`,
          legend: "{{channel}} {{outcome}}",
        },
      ],
      unit: "ops",
      width: 6,
    }),
  ],
};

const errors: Row = {
  title: "Logs",
  panels: [
    logs({
      title: "Errors of $service",
      description: "Lines at level error or worse",
      query: `{namespace="${namespaces.apps}", container=~"$service"} | json | level >= 50`,
    }),
  ],
};

export const applicationDashboard = ({ model, environment }: RenderContext): Dashboard => ({
  uid: "todo-application",
  title: "todo: application",
  description: "Requests, events and outboxes by service: where to look first",
  variables: [{ name: "service", label: "Service", values: Object.keys(model.services) }],
  rows: [overview, requests, events, processes, product, ...(collectsLogs(environment) ? [errors] : [])],
});
