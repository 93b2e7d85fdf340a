import type { App } from "cdk8s";
import type { ApplicationChart, RenderContext } from "#constructs/application-chart";
import { isSingleNode } from "#model/environment";
import { DaprComponentsChart } from "./dapr-components.ts";
import { GatewayChart } from "./gateway.ts";
import { NetworkPoliciesChart } from "./network-policies.ts";
import { ScalingChart } from "./scaling.ts";
import { ServiceChart } from "./service.ts";

/** Every chart of an environment, in the order of its sync waves. */
export function chartsOf(app: App, context: RenderContext): ApplicationChart[] {
  return [
    new DaprComponentsChart(app, context),
    new NetworkPoliciesChart(app, context),
    ...(isSingleNode(context.environment) ? [] : [new ScalingChart(app, context)]),
    ...Object.entries(context.model.services).map(
      ([name, service]) => new ServiceChart(app, context, { name, service }),
    ),
    new GatewayChart(app, context),
  ];
}
