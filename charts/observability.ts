import type { Construct } from "constructs";
import { addRules, type RuleGroup } from "#constructs/alerting";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { builtIn } from "#constructs/built-in";
import { type Dashboard, dashboardJson } from "#constructs/dashboard";
import { commonLabels } from "#constructs/labels";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";
import { applicationDashboard } from "./observability/dashboards/application.ts";
import { daprDashboard } from "./observability/dashboards/dapr.ts";
import { kafkaDashboard } from "./observability/dashboards/kafka.ts";
import { kubernetesDashboard } from "./observability/dashboards/kubernetes.ts";
import { addMonitors } from "./observability/monitors.ts";
import { daprRules } from "./observability/rules/dapr.ts";
import { deliveryRules } from "./observability/rules/delivery.ts";
import { eventRules } from "./observability/rules/events.ts";
import { serviceRules } from "./observability/rules/services.ts";
import { storeRules } from "./observability/rules/stores.ts";
import { workloadRules } from "./observability/rules/workloads.ts";

/** Every alert and recording rule of an environment. */
export const ruleGroupsOf = (context: RenderContext): RuleGroup[] => [
  serviceRules(context),
  eventRules(context),
  workloadRules(context),
  daprRules(context),
  ...storeRules(context),
  deliveryRules(context),
];

export const dashboardsOf = (context: RenderContext): Dashboard[] => [
  applicationDashboard(context),
  kafkaDashboard(context),
  kubernetesDashboard(context),
  daprDashboard(context),
];

/** What watches the product and its platform: alerts, dashboards, and what nobody else has scraped. */
export class ObservabilityChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "observability",
      origin: `environments.${context.environment.name}`,
      wave: waves.policies,
      project: "platform",
      namespace: namespaces.monitoring,
    });
    for (const group of ruleGroupsOf(context)) addRules(this, context.environment, group);
    for (const dashboard of dashboardsOf(context)) this.addDashboard(dashboard);
    addMonitors(this, context);
  }

  /** Grafana's sidecar takes up what carries the label. */
  private addDashboard(dashboard: Dashboard): void {
    builtIn(
      this,
      dashboard.uid,
      "v1/ConfigMap",
      { name: dashboard.uid, labels: { ...commonLabels(), grafana_dashboard: "1" } },
      { data: { [`${dashboard.uid}.json`]: dashboardJson(dashboard) } },
    );
  }
}
