/** Repository external-secrets/external-secrets, deploy/charts; seen: the chart's README at 2.0.0. */

import { type HelmValues, restrictedContainer } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources, type WorkloadName } from "../workloads.ts";

const component = (inputs: PlatformInputs, workload: WorkloadName, container: string): HelmValues => ({
  replicaCount: replicas(inputs, workload),
  ...(replicas(inputs, workload) > 1 ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {}),
  resources: resources(inputs, workload, container),
  securityContext: restrictedContainer,
  ...prioritised(inputs),
});

/** Only ExternalSecrets and their two kinds of stores: no kind may write a Secret into many namespaces or push one out. */
export const externalSecretsValues = (inputs: PlatformInputs): HelmValues => ({
  installCRDs: true,
  crds: {
    createClusterSecretStore: true,
    createSecretStore: true,
    createClusterExternalSecret: false,
    createClusterGenerator: false,
    createClusterPushSecret: false,
    createPushSecret: false,
    conversion: { enabled: false },
  },
  processClusterStore: true,
  processSecretStore: true,
  processClusterExternalSecret: false,
  processClusterGenerator: false,
  processClusterPushSecret: false,
  processPushSecret: false,
  leaderElect: inputs.highAvailability,
  openshiftFinalizers: false,
  rbac: { servicebindings: { create: false } },
  serviceMonitor: { enabled: true, renderMode: "alwaysRender" },
  global: placed(inputs),
  ...component(inputs, "external-secrets", "controller"),
  webhook: component(inputs, "external-secrets-webhook", "webhook"),
  certController: component(inputs, "external-secrets-cert-controller", "cert-controller"),
});
