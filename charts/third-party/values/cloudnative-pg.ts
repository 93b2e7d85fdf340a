/** Repository cloudnative-pg/charts, cloudnative-pg; seen: values of a version before 0.29.0. */

import type { HelmValues } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

/** The chart's own security contexts already satisfy `restricted`. */
export const cloudnativePgValues = (inputs: PlatformInputs): HelmValues => ({
  crds: { create: true },
  replicaCount: replicas(inputs, "cloudnative-pg"),
  config: { create: true, data: { WATCH_NAMESPACE: inputs.namespaces.infra } },
  monitoring: { podMonitorEnabled: true },
  resources: resources(inputs, "cloudnative-pg", "manager"),
  ...prioritised(inputs),
  ...placed(inputs),
});
