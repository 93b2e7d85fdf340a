/** Parts of PromQL that alerts and dashboards share, so that both mean the same. */
import type { RenderContext } from "#constructs/application-chart";
import { autoscalerOf } from "#constructs/autoscaling";
import { consumerGroup, namespaces } from "#model/names";
import type { OwnMetricName } from "#model/own-metrics";
import { type Duration, durationText } from "#model/quantities";
import type { AnyService } from "#model/service";

export const inSeconds = ({ milliseconds }: Duration): number => milliseconds / 1000;

const and = (matchers: string): string => (matchers === "" ? "" : `,${matchers}`);

const inApps = `namespace="${namespaces.apps}"`;

/** Our own metric, by a name that compiles only if services export it. */
export const own = (name: OwnMetricName, matchers = ""): string => `${name}{${inApps}${and(matchers)}}`;

/** Buckets of one of our histograms. */
export const ownBuckets = (name: OwnMetricName, matchers = ""): string => `${name}_bucket{${inApps}${and(matchers)}}`;

/** Matches any of the names; they hold no character that a regular expression takes otherwise. */
export const anyOf = (names: readonly string[]): string => names.join("|");

export const rate = (series: string, range: string): string => `rate(${series}[${range}])`;

/** The `q` quantile of a histogram's buckets, by labels. */
export const quantile = (q: number, by: string, buckets: string, range: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (${rate(buckets, range)}))`;

/** Requests per second of each service. */
export const requestRate = (range: string, matchers = ""): string =>
  `sum by (service) (${rate(own("todo_http_requests_total", matchers), range)})`;

/** Share of answers with 5xx of each service; 0 where it answers and none is one. */
export const errorRatio = (range: string, matchers = ""): string => {
  const all = requestRate(range, matchers);
  const errors = requestRate(range, `status=~"5.."${and(matchers)}`);
  return `(${errors} or 0 * ${all}) / ${all}`;
};

/** A counter that grew within the range; one that appears with its first count has nothing to grow from. */
export function grew(by: string, counter: string, range: string): string {
  const now = `sum by (${by}) (${counter})`;
  return `sum by (${by}) (increase(${counter}[${range}])) > 0 or (${now} unless sum by (${by}) (${counter} offset ${range})) > 0`;
}

/** Series that recording rules keep. */
export const recorded = {
  /** Share of 5xx by `service`, over a window. */
  errorRatio: (window: Duration): string => `service:todo_http_errors:ratio_rate${durationText(window)}`,
  /** Events that a service is behind, by `service` and `topic`, whoever measures it. */
  lag: "service_topic:todo_consumer_lag:events",
} as const;

/**
 * Events a service is behind on a topic. KEDA reads it the same from every Kafka; where it scales nothing, Strimzi's
 * exporter knows. `null`: nobody measures it.
 */
export function lagQuery(context: RenderContext, name: string, service: AnyService, topic: string): string | null {
  if (autoscalerOf(context, service) === "keda")
    return `max(keda_scaler_metrics_value{scaledObject="${name}",scaler="lag-${topic}"})`;
  return context.environment.kafka.kind === "strimzi"
    ? `sum(kafka_consumergroup_lag{consumergroup="${consumerGroup(name)}",topic="${topic}"})`
    : null;
}

/** Every subscription of the model with its lag, where that is measured. */
export const lagQueries = (context: RenderContext) =>
  Object.entries(context.model.services).flatMap(([name, service]) =>
    service.subscribes.flatMap((topic) => {
      const expr = lagQuery(context, name, service, topic);
      return expr === null ? [] : [{ service: name, topic, expr }];
    }),
  );
