/** Pods, their resources and their volumes, in every namespace that is ours. */
import type { Alert, RuleGroup } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { autoscalerOf } from "#constructs/autoscaling";
import { namespaces } from "#model/names";
import { limits } from "#model/objectives";
import { durationText, minutes } from "#model/quantities";
import { anyOf } from "../queries.ts";

const ours = `namespace=~"${anyOf(Object.values(namespaces))}"`;
const inApps = `namespace="${namespaces.apps}"`;

const podAlerts: readonly Alert[] = [
  {
    alert: "PodNotReady",
    expr: `max by (namespace, pod) (kube_pod_status_ready{${ours},condition="true"}) == 0 unless on (namespace, pod) max by (namespace, pod) (kube_pod_status_phase{phase=~"Succeeded|Failed"}) == 1`,
    for: limits.notReady,
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} is not ready",
  },
  {
    alert: "PodRestarting",
    expr: `sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${ours}}[${durationText(limits.restarts.within)}])) > ${limits.restarts.count}`,
    for: minutes(1),
    severity: "warning",
    summary: `{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} restarted more than ${limits.restarts.count} times in ${durationText(limits.restarts.within)}`,
  },
  {
    alert: "ContainerWaiting",
    expr: `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${ours},reason!="ContainerCreating"}) > 0`,
    for: minutes(5),
    severity: "warning",
    summary:
      "{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} does not start: {{ $labels.reason }}",
  },
  {
    alert: "ContainerOutOfMemory",
    expr: `max by (namespace, pod, container) (kube_pod_container_status_last_terminated_reason{${ours},reason="OOMKilled"}) == 1 and on (namespace, pod, container) sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${ours}}[15m])) > 0`,
    for: minutes(1),
    severity: "warning",
    summary: "{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed at its memory limit",
  },
];

const byContainer = "namespace, pod, container";

const resourceAlerts: readonly Alert[] = [
  {
    alert: "HighMemory",
    expr: `max by (${byContainer}) (container_memory_working_set_bytes{${ours},container!=""}) / on (${byContainer}) max by (${byContainer}) (kube_pod_container_resource_limits{${ours},resource="memory"}) > ${limits.memory}`,
    for: minutes(15),
    severity: "warning",
    summary:
      "{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit",
  },
  {
    alert: "HighCpu",
    expr: `sum by (${byContainer}) (rate(container_cpu_usage_seconds_total{${inApps},container!=""}[5m])) / on (${byContainer}) max by (${byContainer}) (kube_pod_container_resource_requests{${inApps},resource="cpu"}) > ${limits.cpuOfRequest}`,
    for: minutes(30),
    severity: "warning",
    summary:
      "{{ $labels.container }} of {{ $labels.pod }} uses {{ $value | humanizePercentage }} of the CPU it requested",
  },
  {
    alert: "CpuThrottled",
    expr: `sum by (${byContainer}) (increase(container_cpu_cfs_throttled_periods_total{${inApps},container!=""}[15m])) / sum by (${byContainer}) (increase(container_cpu_cfs_periods_total{${inApps},container!=""}[15m])) > ${limits.throttled}`,
    for: minutes(15),
    severity: "warning",
    summary:
      "{{ $labels.container }} of {{ $labels.pod }} is held back in {{ $value | humanizePercentage }} of its CPU periods",
  },
];

const byClaim = "namespace, persistentvolumeclaim";
const volumeFree = `min by (${byClaim}) (kubelet_volume_stats_available_bytes{${ours}} / kubelet_volume_stats_capacity_bytes{${ours}})`;

const volumeAlerts: readonly Alert[] = (["warning", "critical"] as const).map((severity) => ({
  alert: "VolumeAlmostFull",
  expr: `${volumeFree} < ${limits.volumeFree[severity]}`,
  for: minutes(5),
  severity,
  summary:
    "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left",
}));

const byAutoscaler = "namespace, horizontalpodautoscaler";

const autoscalerAlert: Alert = {
  alert: "AutoscalerAtMaximum",
  expr: `max by (${byAutoscaler}) (kube_horizontalpodautoscaler_status_current_replicas{${inApps}}) >= max by (${byAutoscaler}) (kube_horizontalpodautoscaler_spec_max_replicas{${inApps}})`,
  for: minutes(30),
  severity: "warning",
  summary: "{{ $labels.horizontalpodautoscaler }} runs at its greatest number of replicas",
};

export function workloadRules(context: RenderContext): RuleGroup {
  const scales = Object.values(context.model.services).some((service) => autoscalerOf(context, service) !== null);
  return {
    name: "workloads",
    rules: [...podAlerts, ...resourceAlerts, ...volumeAlerts, ...(scales ? [autoscalerAlert] : [])],
  };
}
