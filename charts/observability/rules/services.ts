/** What people notice of services: errors, slowness, absence. */
import type { Alert, Recording, RuleGroup } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { namespaces } from "#model/names";
import { burnRates, errorRatio as errorLimit, leastTraffic, promisesLatency, serviceLevels } from "#model/objectives";
import { durationText, minutes } from "#model/quantities";
import { anyOf, errorRatio, inSeconds, own, ownBuckets, quantile, recorded, requestRate } from "../queries.ts";

/** Every window of a burn rate, once. */
const windows = [
  ...new Map(burnRates.flatMap(({ long, short }) => [long, short]).map((w) => [durationText(w), w])).values(),
];

const recordings: readonly Recording[] = windows.map((window) => ({
  record: recorded.errorRatio(window),
  expr: errorRatio(durationText(window)),
}));

const enoughTraffic = `${requestRate("5m")} > ${leastTraffic}`;

/** People see the services that have public routes; the others' errors become theirs. */
function budgetAlerts({ model }: RenderContext): Alert[] {
  const edge = Object.entries(model.services).filter(([, { routes }]) => Object.keys(routes).length > 0);
  const budget = Number((1 - serviceLevels.availability).toPrecision(6));
  const promise = `${serviceLevels.availability * 100} % in ${durationText(serviceLevels.window)}`;
  return burnRates.map(({ name, factor, long, short, for: patience, severity }) => {
    const over = (window: typeof long): string =>
      `${recorded.errorRatio(window)}{service=~"${anyOf(edge.map(([service]) => service))}"} > ${factor} * ${budget}`;
    return {
      alert: "ErrorBudgetBurn",
      expr: `${over(long)} and ${over(short)} and on (service) ${enoughTraffic}`,
      for: patience,
      severity,
      labels: { burn: name },
      summary: `{{ $labels.service }} spends its error budget (${promise}) ${factor} times too fast`,
    };
  });
}

function serviceAlerts({ model }: RenderContext): Alert[] {
  const names = anyOf(Object.keys(model.services));
  const deployments = `namespace="${namespaces.apps}",deployment=~"${names}"`;
  const prompt = Object.entries(model.services).filter(([, service]) => promisesLatency(service));
  const ofPrompt = `service=~"${anyOf(prompt.map(([name]) => name))}"`;
  const { quantile: q, apiLatency } = serviceLevels;
  return [
    {
      alert: "HighErrorRate",
      expr: `${errorRatio("5m")} > ${errorLimit} and on (service) ${enoughTraffic}`,
      for: minutes(5),
      severity: "critical",
      summary: "{{ $labels.service }} answers {{ $value | humanizePercentage }} of its requests with 5xx",
    },
    {
      alert: "HighLatency",
      expr: `${quantile(q, "service", ownBuckets("todo_http_request_duration_seconds", ofPrompt), "5m")} > ${inSeconds(apiLatency)} and on (service) ${enoughTraffic}`,
      for: minutes(10),
      severity: "warning",
      summary: `{{ $labels.service }} takes {{ $value | humanizeDuration }} for the slowest 1 % of its requests, more than ${inSeconds(apiLatency)} s`,
    },
    {
      alert: "ServiceUnavailable",
      expr: `kube_deployment_status_replicas_available{${deployments}} == 0`,
      for: minutes(2),
      severity: "critical",
      summary: "{{ $labels.deployment }} has no pod that takes requests",
    },
    {
      alert: "ReplicasMissing",
      expr: `kube_deployment_status_replicas_available{${deployments}} < kube_deployment_spec_replicas{${deployments}}`,
      for: minutes(15),
      severity: "warning",
      summary: "{{ $labels.deployment }} has {{ $value }} available replicas, fewer than it should",
    },
    {
      alert: "MetricsMissing",
      expr: `up{namespace="${namespaces.apps}"} == 0`,
      for: minutes(10),
      severity: "warning",
      summary: "{{ $labels.pod }} does not answer Prometheus: its alerts are blind",
    },
    {
      alert: "EventLoopBlocked",
      expr: `max by (service, pod) (nodejs_eventloop_lag_p99_seconds{namespace="${namespaces.apps}"}) > 0.5`,
      for: minutes(10),
      severity: "warning",
      summary:
        "{{ $labels.pod }} computes for {{ $value | humanizeDuration }} at a stretch and answers nobody meanwhile",
    },
    {
      alert: "DatabaseConnectionsExhausted",
      expr: `min_over_time(${own("todo_database_pool_connections", 'state="waiting"')}[5m]) > 0`,
      for: minutes(5),
      severity: "warning",
      summary: "Requests of {{ $labels.pod }} wait for a connection to PostgreSQL",
    },
  ];
}

function chatAlerts({ model }: RenderContext): Alert[] {
  if (!Object.values(model.services).some(({ egress }) => egress.includes("llm"))) return [];
  const turns = (matchers = ""): string => `sum by (model) (rate(${own("todo_chat_turns_total", matchers)}[15m]))`;
  return [
    {
      alert: "ChatTurnsFailing",
      expr: `${turns('outcome="failed"')} / ${turns()} > 0.2`,
      for: minutes(15),
      severity: "warning",
      summary: "The assistant fails {{ $value | humanizePercentage }} of its turns with the {{ $labels.model }} model",
    },
  ];
}

export const serviceRules = (context: RenderContext): RuleGroup => ({
  name: "services",
  rules: [...recordings, ...serviceAlerts(context), ...budgetAlerts(context), ...chatAlerts(context)],
});
