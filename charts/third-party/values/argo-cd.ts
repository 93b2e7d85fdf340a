/** Repository argoproj/argo-helm, argo-cd; seen: the chart's README of the 8.x line. */

import type { HelmValues } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources, type WorkloadName } from "../workloads.ts";
import { argoHealthChecks } from "./argo-health.ts";

const version = "v3.6.1";

const off: HelmValues = { enabled: false };

const scraped: HelmValues = { enabled: true, serviceMonitor: { enabled: true } };

const paired = (inputs: PlatformInputs, workload: WorkloadName, container: string): HelmValues => ({
  replicas: replicas(inputs, workload),
  ...(inputs.highAvailability ? { pdb: { enabled: true, minAvailable: 1 } } : {}),
  metrics: scraped,
  resources: resources(inputs, workload, container),
});

export const argoCdValues = (inputs: PlatformInputs): HelmValues => ({
  crds: { install: true, keep: true },
  global: {
    domain: `argocd.${inputs.domain}`,
    image: { tag: version },
    logging: { format: "json" },
    ...prioritised(inputs),
    ...placed(inputs),
  },
  configs: {
    // Annotations: a label would claim what an operator copies from its parent.
    cm: { "application.resourceTrackingMethod": "annotation", ...argoHealthChecks },
    params: { "controller.diff.server.side": "true" },
  },
  controller: {
    replicas: replicas(inputs, "argocd-application-controller"),
    metrics: scraped,
    resources: resources(inputs, "argocd-application-controller", "controller"),
  },
  repoServer: paired(inputs, "argocd-repo-server", "repo-server"),
  server: paired(inputs, "argocd-server", "server"),
  redis: { resources: resources(inputs, "argocd-redis", "redis") },
  redisSecretInit: { resources: resources(inputs, "argocd-redis-secret-init", "init") },
  "redis-ha": off,
  dex: off,
  // The applications are generated files; nothing makes them at run time.
  applicationSet: {
    replicas: replicas(inputs, "argocd-applicationset"),
    resources: resources(inputs, "argocd-applicationset", "applicationset"),
  },
  notifications: {
    enabled: true,
    argocdUrl: `https://argocd.${inputs.domain}`,
    // External Secrets writes `argocd-notifications-secret`.
    secret: { create: false },
    metrics: scraped,
    resources: resources(inputs, "argocd-notifications", "notifications"),
  },
});
