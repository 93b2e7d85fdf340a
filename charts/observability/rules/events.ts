/** Events on their way: from the outbox, through Kafka, into the effect. */
import type { Alert, RuleGroup } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { components } from "#model/names";
import { lagLimitOf, limits, serviceLevels } from "#model/objectives";
import { durationText, minutes } from "#model/quantities";
import { eventTopics } from "#model/system";
import { grew, inSeconds, lagQueries, own, ownBuckets, quantile, rate, recorded } from "../queries.ts";

const delivered = (matchers = ""): string =>
  `dapr_component_pubsub_ingress_count{component="${components.pubsub}"${matchers}}`;

/** One alert a topic: its patience is its own. */
function lagAlerts(context: RenderContext): Alert[] {
  const measured = lagQueries(context);
  return eventTopics(context.model)
    .filter(([topic]) => measured.some((query) => query.topic === topic))
    .map(([topic]) => {
      const { events, for: patience } = lagLimitOf(topic);
      return {
        alert: "ConsumerLag",
        expr: `${recorded.lag}{topic="${topic}"} > ${events}`,
        for: patience,
        severity: "warning",
        summary: `{{ $labels.service }} is {{ $value }} events behind on ${topic}`,
      };
    });
}

function consumerAlerts(context: RenderContext): Alert[] {
  if (lagQueries(context).length === 0) return [];
  const consumed = `sum by (service, topic) (${rate(own("todo_events_consumed_total"), "15m")})`;
  return [
    ...lagAlerts(context),
    {
      alert: "ConsumerStopped",
      expr: `${recorded.lag} > 0 unless on (service, topic) ${consumed} > 0`,
      for: minutes(15),
      severity: "critical",
      summary: "{{ $labels.service }} takes nothing from {{ $labels.topic }} although {{ $value }} events wait",
    },
  ];
}

const deliveryAlerts: readonly Alert[] = [
  {
    alert: "DeadLetters",
    // A sidecar counts `drop` when it gave an event up and the dead letter topic took it.
    expr: grew("app_id, topic", delivered(',process_status="drop"'), "15m"),
    for: minutes(1),
    severity: "warning",
    summary: "{{ $labels.app_id }} gave up events of {{ $labels.topic }}: they wait in the dead letter topic",
  },
  {
    alert: "EventsRetried",
    expr: `sum by (app_id, topic) (${rate(delivered(',process_status="retry"'), "15m")}) / sum by (app_id, topic) (${rate(delivered(), "15m")}) > 0.1`,
    for: minutes(15),
    severity: "warning",
    summary: "{{ $labels.app_id }} hands back {{ $value | humanizePercentage }} of the events of {{ $labels.topic }}",
  },
  {
    alert: "EventLatency",
    expr: `${quantile(serviceLevels.quantile, "topic", ownBuckets("todo_event_latency_seconds"), "15m")} > ${inSeconds(serviceLevels.eventLatency)}`,
    for: minutes(30),
    severity: "warning",
    summary: `The slowest 1 % of the events of {{ $labels.topic }} take {{ $value | humanizeDuration }} to their effect, more than ${serviceLevels.eventLatency.milliseconds} ms`,
  },
];

const outboxAlerts: readonly Alert[] = [
  {
    alert: "OutboxBacklog",
    expr: `max by (service) (${own("todo_outbox_depth")}) > ${limits.outboxDepth}`,
    for: minutes(5),
    severity: "warning",
    summary: "{{ $labels.service }} has {{ $value }} events that are committed and not published",
  },
  {
    alert: "OutboxStalled",
    expr: `max by (service) (${own("todo_outbox_oldest_age_seconds")}) > ${inSeconds(limits.outboxAge)}`,
    for: minutes(5),
    severity: "critical",
    summary: `The oldest unpublished event of {{ $labels.service }} is {{ $value | humanizeDuration }} old, more than ${durationText(limits.outboxAge)}`,
  },
  {
    alert: "OutboxWithoutLeader",
    expr: `sum by (service) (${own("todo_outbox_leader")}) == 0`,
    for: minutes(5),
    severity: "critical",
    summary: "No replica of {{ $labels.service }} publishes its events",
  },
  {
    alert: "PublishFailing",
    expr: `sum by (service, topic) (${rate(own("todo_events_publish_failures_total"), "5m")}) > 0`,
    for: minutes(10),
    severity: "warning",
    summary: "{{ $labels.service }} cannot publish to {{ $labels.topic }}; its outbox keeps the events",
  },
];

function reminderAlerts({ model }: RenderContext): Alert[] {
  if (!Object.values(model.services).some(({ jobs }) => jobs.includes("reminder"))) return [];
  const deliveries = (matchers = ""): string =>
    `sum by (channel) (${rate(own("todo_reminders_delivered_total", matchers), "30m")})`;
  return [
    {
      alert: "RemindersLate",
      expr: `max(${own("todo_reminders_late")}) > 0`,
      for: minutes(5),
      severity: "critical",
      summary: "{{ $value }} reminders should have been fired minutes ago",
    },
    {
      alert: "ReminderDeliveryFailing",
      expr: `${deliveries('outcome="failed"')} / ${deliveries()} > 0.2`,
      for: minutes(30),
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of the reminders by {{ $labels.channel }} do not arrive",
    },
  ];
}

export const eventRules = (context: RenderContext): RuleGroup => ({
  name: "events",
  rules: [
    ...lagQueries(context).map(({ service, topic, expr }) => ({
      record: recorded.lag,
      expr,
      labels: { service, topic },
    })),
    ...consumerAlerts(context),
    ...deliveryAlerts,
    ...outboxAlerts,
    ...reminderAlerts(context),
  ],
});
