import { Construct } from "constructs";
import { addRules } from "#constructs/alerting";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";
import { addMonitors } from "./monitors.ts";
import { daprRules } from "./rules/dapr.ts";
import { deliveryRules } from "./rules/delivery.ts";
import { eventRules } from "./rules/events.ts";
import { serviceRules } from "./rules/services.ts";
import { storeRules } from "./rules/stores.ts";
import { workloadRules } from "./rules/workloads.ts";

/** Every alert and recording rule of an environment. */
export const ruleGroupsOf = (context: RenderContext) => [
  serviceRules(context),
  eventRules(context),
  workloadRules(context),
  daprRules(context),
  ...storeRules(context),
  deliveryRules(context),
];
