/** Repository strimzi/strimzi-kafka-operator, packaging/helm-charts; seen: values and schema between 1.0 and 1.1. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

export const strimziValues = (inputs: PlatformInputs): HelmValues => ({
  replicas: replicas(inputs, "strimzi-cluster-operator"),
  watchNamespaces: [inputs.namespaces.infra],
  watchAnyNamespace: false,
  // Listeners then need `networkPolicyPeers`, or the policies let everybody in.
  generateNetworkPolicy: true,
  generatePodDisruptionBudget: true,
  leaderElection: { enable: true },
  ...(inputs.highAvailability ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {}),
  podSecurityContext: restrictedPod,
  securityContext: restrictedContainer,
  resources: resources(inputs, "strimzi-cluster-operator", "operator"),
  dashboards: { enabled: false },
  ...prioritised(inputs),
  ...placed(inputs),
});
