/** Repository kedacore/charts, keda; seen: the chart's README at 2.16.0. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

const scraped: HelmValues = { enabled: true, serviceMonitor: { enabled: true } };

const each = (value: HelmValues): HelmValues => ({ operator: value, metricServer: value, webhooks: value });

export const kedaValues = (inputs: PlatformInputs): HelmValues => ({
  crds: { install: true },
  watchNamespace: inputs.namespaces.apps,
  image: { pullPolicy: "IfNotPresent" },
  operator: { replicaCount: replicas(inputs, "keda-operator") },
  metricsServer: { replicaCount: replicas(inputs, "keda-metrics-apiserver") },
  webhooks: { replicaCount: replicas(inputs, "keda-admission-webhooks") },
  resources: {
    operator: resources(inputs, "keda-operator", "operator"),
    metricServer: resources(inputs, "keda-metrics-apiserver", "metrics-apiserver"),
    webhooks: resources(inputs, "keda-admission-webhooks", "webhooks"),
  },
  podSecurityContext: each(restrictedPod),
  securityContext: each(restrictedContainer),
  ...(inputs.highAvailability ? { podDisruptionBudget: each({ minAvailable: 1 }) } : {}),
  // Only the built-in scalable kinds, and no Secret for the part that answers the metrics API.
  rbac: { enabledCustomScaledRefKinds: false },
  permissions: { metricServer: { restrict: { secret: true } } },
  logging: { operator: { format: "json" }, webhooks: { format: "json" } },
  prometheus: each(scraped),
  ...prioritised(inputs),
  ...placed(inputs),
});
