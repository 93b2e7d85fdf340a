/** Repository prometheus-community/helm-charts, kube-prometheus-stack; seen: values at 87.11.0 and older ones of its subcharts. */

import { platformSecrets } from "#model/names";
import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised, storageClassAs, volumeGibibytes } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";
import { grafanaValues } from "./grafana.ts";

const everything = {
  ruleSelectorNilUsesHelmValues: false,
  serviceMonitorSelectorNilUsesHelmValues: false,
  podMonitorSelectorNilUsesHelmValues: false,
  probeSelectorNilUsesHelmValues: false,
  scrapeConfigSelectorNilUsesHelmValues: false,
} as const;

const off: HelmValues = { enabled: false };

const claim = (inputs: PlatformInputs, gibibytes: number): HelmValues => ({
  volumeClaimTemplate: {
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...storageClassAs(inputs, "storageClassName"),
      resources: { requests: { storage: `${gibibytes}Gi` } },
    },
  },
});

const pdb = (inputs: PlatformInputs): HelmValues => ({
  podDisruptionBudget: { enabled: inputs.highAvailability, minAvailable: 1 },
});

function prometheus(inputs: PlatformInputs): HelmValues {
  const volume = volumeGibibytes(inputs.provider, inputs.size === "small" ? 8 : 50);
  return {
    ...pdb(inputs),
    prometheusSpec: {
      ...everything,
      replicas: replicas(inputs, "prometheus"),
      retention: inputs.size === "small" ? "2d" : "15d",
      // Below the volume's size, so that old blocks go before the disk is full.
      retentionSize: `${Math.floor(volume * 0.8)}GB`,
      externalLabels: { environment: inputs.name },
      storageSpec: claim(inputs, volume),
      resources: resources(inputs, "prometheus", "prometheus"),
      ...prioritised(inputs),
      ...placed(inputs),
    },
  };
}

const receiverFile = (key: string): string =>
  `/etc/alertmanager/secrets/${platformSecrets.alertmanagerReceivers}/${key}`;

/** Critical alerts wake somebody, the others are read in the morning; what only proves that alerting works goes nowhere. */
const routes: HelmValues = {
  route: {
    receiver: "team",
    group_by: ["alertname", "namespace", "service"],
    group_wait: "30s",
    group_interval: "5m",
    repeat_interval: "12h",
    routes: [
      { receiver: "nobody", matchers: ['alertname =~ "Watchdog|InfoInhibitor"'] },
      { receiver: "on-call", matchers: ['severity = "critical"'], repeat_interval: "1h" },
    ],
  },
  inhibit_rules: [
    {
      source_matchers: ['severity = "critical"'],
      target_matchers: ['severity =~ "warning|info"'],
      equal: ["alertname", "namespace", "service"],
    },
  ],
  receivers: [
    { name: "nobody" },
    { name: "on-call", pagerduty_configs: [{ routing_key_file: receiverFile("pagerduty-routing-key") }] },
    { name: "team", slack_configs: [{ api_url_file: receiverFile("slack-webhook-url"), send_resolved: true }] },
  ],
};

/** One node has nobody on call: Prometheus and Grafana show what fires. */
const alertmanager = (inputs: PlatformInputs): HelmValues =>
  inputs.size === "small"
    ? off
    : {
        ...pdb(inputs),
        config: routes,
        alertmanagerSpec: {
          replicas: replicas(inputs, "alertmanager"),
          secrets: [platformSecrets.alertmanagerReceivers],
          storage: claim(inputs, volumeGibibytes(inputs.provider, 1)),
          resources: resources(inputs, "alertmanager", "alertmanager"),
          ...prioritised(inputs),
          ...placed(inputs),
        },
      };

/** Managed control planes show these to nobody, and kind binds them to the node's loopback address. */
const hiddenControlPlane: HelmValues = {
  kubeControllerManager: off,
  kubeScheduler: off,
  kubeEtcd: off,
  kubeProxy: off,
  defaultRules: {
    rules: {
      etcd: false,
      kubeControllerManager: false,
      kubeSchedulerAlerting: false,
      kubeSchedulerRecording: false,
      kubeProxy: false,
      windows: false,
    },
  },
};

export const kubePrometheusStackValues = (inputs: PlatformInputs): HelmValues => ({
  fullnameOverride: "monitoring",
  // The chart prometheus-operator-crds installs them, a wave earlier.
  crds: off,
  ...hiddenControlPlane,
  prometheus: prometheus(inputs),
  alertmanager: alertmanager(inputs),
  grafana: grafanaValues(inputs),
  "kube-state-metrics": {
    resources: resources(inputs, "kube-state-metrics", "kube-state-metrics"),
    containerSecurityContext: restrictedContainer,
    ...placed(inputs),
  },
  "prometheus-node-exporter": {
    namespaceOverride: inputs.namespaces.hostAgents,
    resources: resources(inputs, "node-exporter", "node-exporter"),
  },
  prometheusOperator: {
    resources: resources(inputs, "prometheus-operator", "operator"),
    prometheusConfigReloader: { resources: resources(inputs, "prometheus", "config-reloader") },
    // cert-manager makes the webhook's certificate; the chart's own way is two hook Jobs.
    admissionWebhooks: { certManager: { enabled: true }, patch: off },
    securityContext: { ...restrictedPod, runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 },
    containerSecurityContext: restrictedContainer,
    ...placed(inputs),
  },
});
