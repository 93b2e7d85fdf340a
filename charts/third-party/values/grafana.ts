/** The `grafana` part of kube-prometheus-stack; seen with it, and the grafana chart's own values. */

import { platformSecrets } from "#model/names";
import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";
import { jaegerQueryUrl, lokiUrl } from "./addresses.ts";

/** A ConfigMap in the monitoring namespace with this label becomes a dashboard. */
export const dashboardLabel = { key: "grafana_dashboard", value: "1" } as const;

export const grafanaValues = (inputs: PlatformInputs): HelmValues => ({
  replicas: replicas(inputs, "grafana"),
  admin: { existingSecret: platformSecrets.grafanaAdmin, userKey: "admin-user", passwordKey: "admin-password" },
  // Dashboards and data sources come from ConfigMaps: nothing is worth a volume, and nothing has to be chowned.
  persistence: { enabled: false },
  initChownData: { enabled: false },
  testFramework: { enabled: false },
  rbac: { namespaced: true },
  securityContext: { ...restrictedPod, runAsUser: 472, runAsGroup: 472, fsGroup: 472 },
  containerSecurityContext: restrictedContainer,
  resources: resources(inputs, "grafana", "grafana"),
  sidecar: {
    resources: resources(inputs, "grafana", "dashboards-sidecar"),
    securityContext: restrictedContainer,
    dashboards: {
      enabled: true,
      label: dashboardLabel.key,
      labelValue: dashboardLabel.value,
      searchNamespace: inputs.namespaces.monitoring,
      resource: "configmap",
    },
  },
  additionalDataSources: [
    { name: "Loki", uid: "loki", type: "loki", access: "proxy", url: lokiUrl(inputs) },
    { name: "Jaeger", uid: "jaeger", type: "jaeger", access: "proxy", url: jaegerQueryUrl(inputs) },
  ],
  "grafana.ini": {
    server: { root_url: `https://grafana.${inputs.domain}` },
    analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
    users: { allow_sign_up: false },
    "auth.anonymous": { enabled: false },
    security: { cookie_secure: true },
  },
  ...prioritised(inputs),
  ...placed(inputs),
});
