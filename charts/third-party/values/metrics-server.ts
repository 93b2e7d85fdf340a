/** Repository kubernetes-sigs/metrics-server, charts; seen: values, their version is not told. */

import type { HelmValues } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

export const metricsServerValues = (inputs: PlatformInputs): HelmValues => ({
  replicas: replicas(inputs, "metrics-server"),
  // kind's kubelets sign their own certificates.
  args: inputs.provider === "kind" ? ["--kubelet-insecure-tls"] : [],
  ...(inputs.highAvailability ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {}),
  metrics: { enabled: true },
  serviceMonitor: { enabled: true },
  resources: resources(inputs, "metrics-server", "metrics-server"),
  ...prioritised(inputs),
  ...placed(inputs),
});
