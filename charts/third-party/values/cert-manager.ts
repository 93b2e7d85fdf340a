/** Repository cert-manager/cert-manager, deploy/charts; seen: values of the development branch after v1.20.0. */

import type { HelmValues } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources, type WorkloadName } from "../workloads.ts";

const component = (inputs: PlatformInputs, workload: WorkloadName, container: string): HelmValues => ({
  replicaCount: replicas(inputs, workload),
  ...(inputs.highAvailability ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {}),
  resources: resources(inputs, workload, container),
  ...placed(inputs),
});

export const certManagerValues = (inputs: PlatformInputs): HelmValues => ({
  // Removing the chart must not remove every Certificate.
  crds: { enabled: true, keep: true },
  global: { leaderElection: { namespace: "cert-manager" }, ...prioritised(inputs) },
  config: {
    apiVersion: "controller.config.cert-manager.io/v1alpha1",
    kind: "ControllerConfiguration",
    enableGatewayAPI: true,
  },
  prometheus: { enabled: true, servicemonitor: { enabled: true } },
  ...component(inputs, "cert-manager", "controller"),
  webhook: component(inputs, "cert-manager-webhook", "webhook"),
  cainjector: component(inputs, "cert-manager-cainjector", "cainjector"),
  // A hook that waits for the API server; Argo CD's health checks do the same.
  startupapicheck: { enabled: false },
});
