import type { RenderContext } from "#constructs/application-chart";
import { autoscalerOf } from "#constructs/autoscaling";
import { type Dashboard, type Row, stat, table, timeseries } from "#constructs/dashboard";
import { namespaces } from "#model/names";
import { limits } from "#model/objectives";

const inNamespace = 'namespace=~"$namespace"';
const byContainer = "namespace, pod, container";

const overview: Row = {
  title: "Pods",
  panels: [
    stat({
      title: "Not ready",
      queries: [
        {
          expr: `count(max by (namespace, pod) (kube_pod_status_ready{${inNamespace},condition="true"}) == 0 unless on (namespace, pod) max by (namespace, pod) (kube_pod_status_phase{phase=~"Succeeded|Failed"}) == 1) or vector(0)`,
          legend: "",
        },
      ],
      unit: "short",
      width: 4,
      thresholds: { warning: 1, critical: 5 },
    }),
    stat({
      title: "Restarts in the last hour",
      queries: [{ expr: `sum(increase(kube_pod_container_status_restarts_total{${inNamespace}}[1h]))`, legend: "" }],
      unit: "short",
      width: 4,
      thresholds: { warning: 1, critical: 10 },
    }),
    stat({
      title: "Applications not in step with git",
      queries: [{ expr: 'count(argocd_app_info{sync_status!="Synced"}) or vector(0)', legend: "" }],
      unit: "short",
      width: 4,
      thresholds: { warning: 1, critical: 5 },
    }),
    stat({
      title: "Applications degraded",
      queries: [{ expr: 'count(argocd_app_info{health_status="Degraded"}) or vector(0)', legend: "" }],
      unit: "short",
      width: 4,
      thresholds: { warning: 1, critical: 1 },
    }),
    table({
      title: "Containers that do not start",
      queries: [
        {
          expr: `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${inNamespace}}) > 0`,
          legend: "",
        },
      ],
      unit: "short",
      width: 8,
    }),
    timeseries({
      title: "Replicas available and wanted",
      queries: [
        {
          expr: `sum by (deployment) (kube_deployment_status_replicas_available{${inNamespace}})`,
          legend: "{{deployment}}",
        },
        {
          expr: `sum by (deployment) (kube_deployment_spec_replicas{${inNamespace}}) > sum by (deployment) (kube_deployment_status_replicas_available{${inNamespace}})`,
          legend: "{{deployment}} wants",
        },
      ],
      unit: "short",
      width: 12,
    }),
    timeseries({
      title: "Restarts",
      queries: [
        {
          expr: `sum by (${byContainer}) (increase(kube_pod_container_status_restarts_total{${inNamespace}}[15m])) > 0`,
          legend: "{{pod}} {{container}}",
        },
      ],
      unit: "short",
      width: 12,
    }),
  ],
};

const resources: Row = {
  title: "What containers use of what they asked for",
  panels: [
    timeseries({
      title: "CPU, share of the request",
      queries: [
        {
          expr: `topk(15, sum by (${byContainer}) (rate(container_cpu_usage_seconds_total{${inNamespace},container!=""}[5m])) / on (${byContainer}) max by (${byContainer}) (kube_pod_container_resource_requests{${inNamespace},resource="cpu"}))`,
          legend: "{{pod}} {{container}}",
        },
      ],
      unit: "percentunit",
      width: 12,
      thresholds: { warning: 1, critical: limits.cpuOfRequest },
    }),
    timeseries({
      title: "Memory, share of the limit",
      queries: [
        {
          expr: `topk(15, max by (${byContainer}) (container_memory_working_set_bytes{${inNamespace},container!=""}) / on (${byContainer}) max by (${byContainer}) (kube_pod_container_resource_limits{${inNamespace},resource="memory"}))`,
          legend: "{{pod}} {{container}}",
        },
      ],
      unit: "percentunit",
      width: 12,
      thresholds: { warning: 0.8, critical: limits.memory },
    }),
    timeseries({
      title: "CPU periods held back",
      queries: [
        {
          expr: `sum by (${byContainer}) (rate(container_cpu_cfs_throttled_periods_total{${inNamespace},container!=""}[5m])) / sum by (${byContainer}) (rate(container_cpu_cfs_periods_total{${inNamespace},container!=""}[5m])) > 0`,
          legend: "{{pod}} {{container}}",
        },
      ],
      unit: "percentunit",
      width: 12,
      thresholds: { warning: limits.throttled / 2, critical: limits.throttled },
    }),
    timeseries({
      title: "Network",
      queries: [
        {
          expr: `sum by (namespace) (rate(container_network_receive_bytes_total{${inNamespace}}[5m]))`,
          legend: "{{namespace}} in",
        },
        {
          expr: `sum by (namespace) (rate(container_network_transmit_bytes_total{${inNamespace}}[5m]))`,
          legend: "{{namespace}} out",
        },
      ],
      unit: "Bps",
      width: 12,
    }),
    table({
      title: "Memory requested, by node",
      queries: [
        {
          expr: 'sum by (node) (kube_pod_container_resource_requests{resource="memory"})',
          legend: "{{node}}",
        },
      ],
      unit: "bytes",
      width: 12,
    }),
    timeseries({
      title: "Volumes used",
      queries: [
        {
          expr: `1 - min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${inNamespace}} / kubelet_volume_stats_capacity_bytes{${inNamespace}})`,
          legend: "{{persistentvolumeclaim}}",
        },
      ],
      unit: "percentunit",
      width: 12,
      thresholds: { warning: 1 - limits.volumeFree.warning, critical: 1 - limits.volumeFree.critical },
    }),
  ],
};

const byAutoscaler = "horizontalpodautoscaler";

const scaling: Row = {
  title: "Scaling",
  panels: [
    timeseries({
      title: "Replicas that autoscalers want",
      queries: [
        {
          expr: `max by (${byAutoscaler}) (kube_horizontalpodautoscaler_status_desired_replicas{${inNamespace}})`,
          legend: "{{horizontalpodautoscaler}}",
        },
      ],
      unit: "short",
      width: 12,
    }),
    timeseries({
      title: "Share of the greatest number of replicas",
      queries: [
        {
          expr: `max by (${byAutoscaler}) (kube_horizontalpodautoscaler_status_current_replicas{${inNamespace}}) / max by (${byAutoscaler}) (kube_horizontalpodautoscaler_spec_max_replicas{${inNamespace}})`,
          legend: "{{horizontalpodautoscaler}}",
        },
      ],
      unit: "percentunit",
      width: 12,
      thresholds: { warning: 0.8, critical: 1 },
    }),
    timeseries({
      title: "KEDA: errors of triggers",
      queries: [
        {
          expr: "sum by (scaledObject, scaler) (rate(keda_scaler_detail_errors_total[5m])) > 0",
          legend: "{{scaledObject}} {{scaler}}",
        },
      ],
      unit: "ops",
      width: 24,
    }),
  ],
};

const expiring: Row = {
  title: "Certificates and secrets",
  panels: [
    table({
      title: "Certificates, time left",
      queries: [
        {
          expr: "sort(min by (exported_namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time())",
          legend: "",
        },
      ],
      unit: "s",
      width: 12,
      thresholds: { warning: limits.certificate.warning.milliseconds / 1000, critical: 604_800 },
    }),
    table({
      title: "Secrets that are not up to date",
      queries: [
        {
          expr: 'max by (exported_namespace, name) (externalsecret_status_condition{condition="Ready",status="False"}) == 1',
          legend: "",
        },
      ],
      unit: "short",
      width: 12,
    }),
  ],
};

export function kubernetesDashboard(context: RenderContext): Dashboard {
  const scales = Object.values(context.model.services).some((service) => autoscalerOf(context, service) !== null);
  return {
    uid: "todo-kubernetes",
    title: "todo: Kubernetes",
    description: "Pods, their resources, volumes, scaling, certificates, and whether the cluster is what git says",
    variables: [{ name: "namespace", label: "Namespace", values: Object.values(namespaces) }],
    rows: [overview, resources, ...(scales ? [scaling] : []), expiring],
  };
}
