/** Repository dapr/dapr, charts/dapr; seen: the README of a development state at 1.18 or later, and the injector's values. */

import { compact, type HelmValues } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised, volumeSize } from "../inputs.ts";
import { resources } from "../workloads.ts";

export const daprValues = (inputs: PlatformInputs): HelmValues => ({
  global: {
    logAsJson: true,
    // Replicas of operator, sentry and injector come from here; the scheduler runs three.
    ha: { enabled: inputs.highAvailability, replicaCount: 3 },
    prometheus: { enabled: true, port: 9090 },
    mtls: { enabled: true, workloadCertTTL: "24h", allowedClockSkew: "15m" },
    // Without actors there is no placement service.
    actors: { enabled: false },
    seccompProfile: "RuntimeDefault",
    ...prioritised(inputs),
    ...placed(inputs),
  },
  dapr_operator: { resources: resources(inputs, "dapr-operator", "operator") },
  dapr_sentry: { resources: resources(inputs, "dapr-sentry", "sentry") },
  dapr_scheduler: {
    securityContext: { runAsNonRoot: true },
    cluster: compact({
      storageSize: volumeSize(inputs, { small: 1, standard: 4 }),
      storageClassName: inputs.storageClass,
    }),
    resources: resources(inputs, "dapr-scheduler", "scheduler"),
  },
  dapr_sidecar_injector: {
    // A pod that was meant to have a sidecar does not start without one; other namespaces are never held up.
    webhookFailurePolicy: "Fail",
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": inputs.namespaces.apps } },
    sidecarDropALLCapabilities: true,
    sidecarRunAsNonRoot: true,
    sidecarReadOnlyRootFilesystem: true,
    resources: resources(inputs, "dapr-sidecar-injector", "injector"),
  },
  // Secrets reach the apps through components; the default role reads every Secret of a namespace.
  dapr_rbac: { secretReader: { enabled: false } },
});
