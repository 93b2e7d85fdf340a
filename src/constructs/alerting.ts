/** PrometheusRules: alerts that say what is wrong, whom it concerns and where the remedy stands. */
import type { Construct } from "constructs";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import { type Duration, durationText } from "#model/quantities";
import { customResource } from "./custom-resource.ts";
import { commonLabels } from "./labels.ts";

export interface Alert {
  /** UpperCamelCase; the section of docs/runbook.md that says what to do. */
  readonly alert: string;
  readonly expr: string;
  /** How long `expr` holds before anybody is told. */
  readonly for: Duration;
  /** `critical` wakes somebody, `warning` is read in working hours. */
  readonly severity: "critical" | "warning";
  /** One line; may name the alert's labels as `{{ $labels.service }}`. */
  readonly summary: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A query that is kept as a series of its own, named `level:metric:operations`. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  /** Unique in the environment, kebab-case. */
  readonly name: string;
  readonly rules: readonly (Alert | Recording)[];
  /** @default Prometheus' own interval */
  readonly interval?: Duration;
}

/** Address of an alert's section in the runbook of the commit that is deployed. */
export function runbookUrl({ repository }: Environment, alert: string): string {
  const web = repository.url.replace(/^git@([^:]+):/, "https://$1/").replace(/\.git$/, "");
  return `${web}/blob/${repository.revision}/docs/runbook.md#${alert.toLowerCase()}`;
}

function alertRule(environment: Environment, { alert, expr, for: patience, severity, summary, labels }: Alert) {
  return {
    alert,
    expr,
    for: durationText(patience),
    labels: { severity, ...labels },
    annotations: { summary, runbook_url: runbookUrl(environment, alert) },
  };
}

const recordingRule = ({ record, expr, labels }: Recording) => ({
  record,
  expr,
  ...(labels ? { labels: { ...labels } } : {}),
});

export function addRules(scope: Construct, environment: Environment, group: RuleGroup): void {
  const metadata = { name: group.name, namespace: namespaces.monitoring, labels: commonLabels() };
  const rules = group.rules.map((rule) => ("alert" in rule ? alertRule(environment, rule) : recordingRule(rule)));
  customResource(scope, `rules-${group.name}`, "monitoring.coreos.com/PrometheusRule", metadata, {
    spec: {
      groups: [{ name: group.name, ...(group.interval ? { interval: durationText(group.interval) } : {}), rules }],
    },
  });
}
