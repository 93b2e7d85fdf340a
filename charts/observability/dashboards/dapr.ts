import type { RenderContext } from "#constructs/application-chart";
import { type Dashboard, type Row, stat, timeseries } from "#constructs/dashboard";
import { namespaces } from "#model/names";
import { limits, serviceLevels } from "#model/objectives";
import { inSeconds, ownBuckets, quantile, rate } from "../queries.ts";

const ofService = 'app_id=~"$service"';
const window = "5m";
const { quantile: q } = serviceLevels;

const controlPlane: Row = {
  title: "Control plane",
  panels: [
    ...["operator", "sentry", "sidecar-injector", "scheduler"].map((part) =>
      stat({
        title: part,
        queries: [{ expr: `sum(up{namespace="${namespaces.dapr}",pod=~"dapr-${part}-.*"}) or vector(0)`, legend: "" }],
        unit: "short",
        width: 4,
        thresholds: { warning: 1, critical: 0 },
      }),
    ),
    stat({
      title: "Issuer's certificate ends",
      queries: [{ expr: "min(dapr_sentry_issuercert_expiry_timestamp) - time()", legend: "" }],
      unit: "s",
      width: 4,
      thresholds: {
        warning: inSeconds(limits.certificate.warning),
        critical: inSeconds(limits.certificate.critical),
      },
    }),
    stat({
      title: "Sidecars with a stream to the scheduler",
      queries: [{ expr: "sum(dapr_scheduler_sidecars_connected)", legend: "" }],
      unit: "short",
      width: 4,
    }),
    timeseries({
      title: "Certificates signed and refused",
      queries: [
        { expr: `sum(${rate("dapr_sentry_cert_sign_success_total", window)})`, legend: "signed" },
        {
          expr: `sum by (reason) (${rate("dapr_sentry_cert_sign_failure_total", window)})`,
          legend: "failed: {{reason}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "Injections",
      queries: [
        { expr: `sum(${rate("dapr_injector_sidecar_injection_succeeded_total", window)})`, legend: "succeeded" },
        { expr: `sum(${rate("dapr_injector_sidecar_injection_failed_total", window)})`, legend: "failed" },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "Timers of the scheduler",
      queries: [
        { expr: `sum(${rate("dapr_scheduler_jobs_created_total", window)})`, legend: "created" },
        { expr: `sum(${rate("dapr_scheduler_jobs_triggered_total", window)})`, legend: "fired" },
        { expr: `sum(${rate("dapr_scheduler_jobs_undelivered_total", window)})`, legend: "undelivered" },
        { expr: `sum(${rate("dapr_scheduler_jobs_failed_total", window)})`, legend: "failed" },
      ],
      unit: "ops",
      width: 8,
    }),
  ],
};

const invocation: Row = {
  title: "Calls of $service",
  panels: [
    timeseries({
      title: "Calls sent",
      queries: [
        {
          expr: `sum by (app_id, dst_app_id) (${rate(`dapr_runtime_service_invocation_req_sent_total{${ofService}}`, window)})`,
          legend: "{{app_id}} to {{dst_app_id}}",
        },
      ],
      unit: "reqps",
      width: 8,
    }),
    timeseries({
      title: "Answers received, by status",
      queries: [
        {
          expr: `sum by (app_id, src_app_id, status) (${rate(`dapr_runtime_service_invocation_res_recv_total{${ofService}}`, window)})`,
          legend: "{{app_id}} from {{src_app_id}}: {{status}}",
        },
      ],
      unit: "reqps",
      width: 8,
    }),
    timeseries({
      title: "Round trip, p99",
      queries: [
        {
          expr: quantile(
            q,
            "app_id, src_app_id",
            `dapr_runtime_service_invocation_res_recv_latency_ms_bucket{${ofService}}`,
            window,
          ),
          legend: "{{app_id}} from {{src_app_id}}",
        },
      ],
      unit: "ms",
      width: 8,
    }),
    timeseries({
      title: "What the sidecar adds to a delivered request, p99",
      description: `Time of the sidecar's call of its service, less the service's own; promised: below ${serviceLevels.daprOverhead.milliseconds} ms`,
      queries: [
        {
          expr: `${quantile(q, "app_id", `dapr_http_client_roundtrip_latency_bucket{${ofService}}`, window)} - on (app_id) label_replace(1000 * ${quantile(q, "service", ownBuckets("todo_http_request_duration_seconds", 'service=~"$service"'), window)}, "app_id", "$1", "service", "(.*)")`,
          legend: "{{app_id}}",
        },
      ],
      unit: "ms",
      width: 12,
      thresholds: {
        warning: serviceLevels.daprOverhead.milliseconds,
        critical: serviceLevels.daprOverhead.milliseconds * 2,
      },
    }),
    timeseries({
      title: "Calls refused by access control",
      queries: [
        {
          expr: `sum by (app_id) (${rate(`dapr_runtime_acl_app_policy_action_blocked_total{${ofService}}`, window)}) + sum by (app_id) (${rate(`dapr_runtime_acl_global_policy_action_blocked_total{${ofService}}`, window)})`,
          legend: "{{app_id}}",
        },
      ],
      unit: "ops",
      width: 12,
      thresholds: { warning: 0.001, critical: 1 },
    }),
  ],
};

const resiliency: Row = {
  title: "Resiliency of $service",
  panels: [
    timeseries({
      title: "Policies that acted",
      queries: [
        {
          expr: `sum by (app_id, policy, target, status) (${rate(`dapr_resiliency_activations_total{${ofService}}`, window)})`,
          legend: "{{app_id}} {{policy}} {{target}} {{status}}",
        },
      ],
      unit: "ops",
      width: 12,
    }),
    timeseries({
      title: "Open circuits",
      queries: [
        {
          expr: `max by (app_id, target, flow_direction) (dapr_resiliency_cb_state{${ofService},status="open"})`,
          legend: "{{app_id}} {{target}} {{flow_direction}}",
        },
      ],
      unit: "short",
      width: 12,
      thresholds: { warning: 1, critical: 1 },
    }),
  ],
};

const component = (kind: string, suffix: string): string => `dapr_component_${kind}_${suffix}{${ofService}}`;

const components: Row = {
  title: "Components of $service",
  panels: [
    timeseries({
      title: "Publishing, p99",
      queries: [
        {
          expr: quantile(q, "app_id, topic", component("pubsub_egress", "latencies_bucket"), window),
          legend: "{{app_id}} {{topic}}",
        },
      ],
      unit: "ms",
      width: 8,
    }),
    timeseries({
      title: "Handling of events, p99",
      queries: [
        {
          expr: quantile(q, "app_id, topic", component("pubsub_ingress", "latencies_bucket"), window),
          legend: "{{app_id}} {{topic}}",
        },
      ],
      unit: "ms",
      width: 8,
    }),
    timeseries({
      title: "State store, p99",
      queries: [
        {
          expr: quantile(q, "app_id, operation", component("state", "latencies_bucket"), window),
          legend: "{{app_id}} {{operation}}",
        },
      ],
      unit: "ms",
      width: 8,
    }),
    timeseries({
      title: "Secrets read",
      queries: [
        {
          expr: `sum by (app_id, component, success) (${rate(component("secret", "count"), window)})`,
          legend: "{{app_id}} {{component}} success={{success}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "Timers and bindings received",
      queries: [
        { expr: `sum by (app_id) (${rate(component("job", "success_count"), window)})`, legend: "{{app_id}} timers" },
        {
          expr: `sum by (app_id) (${rate(component("job", "failure_count"), window)})`,
          legend: "{{app_id}} timers failed",
        },
        {
          expr: `sum by (app_id, component, success) (${rate(component("input_binding", "count"), window)})`,
          legend: "{{app_id}} {{component}} success={{success}}",
        },
      ],
      unit: "ops",
      width: 8,
    }),
    timeseries({
      title: "Components that failed to load",
      queries: [
        {
          expr: `sum by (app_id, component, reason) (increase(dapr_runtime_component_init_fail_total{${ofService}}[15m]))`,
          legend: "{{app_id}} {{component}} {{reason}}",
        },
      ],
      unit: "short",
      width: 8,
      thresholds: { warning: 1, critical: 1 },
    }),
    timeseries({
      title: "Sidecars' memory",
      queries: [
        {
          expr: `max by (pod) (container_memory_working_set_bytes{namespace="${namespaces.apps}",container="daprd"})`,
          legend: "{{pod}}",
        },
      ],
      unit: "bytes",
      width: 12,
    }),
    timeseries({
      title: "Certificates renewed",
      queries: [
        {
          expr: `sum by (app_id) (increase(dapr_runtime_mtls_workload_cert_rotated_total{${ofService}}[1h]))`,
          legend: "{{app_id}} renewed",
        },
        {
          expr: `sum by (app_id) (increase(dapr_runtime_mtls_workload_cert_rotated_fail_total{${ofService}}[1h]))`,
          legend: "{{app_id}} failed",
        },
      ],
      unit: "short",
      width: 12,
    }),
  ],
};

export const daprDashboard = ({ model }: RenderContext): Dashboard => ({
  uid: "todo-dapr",
  title: "todo: Dapr",
  description: "The control plane, calls between services, resiliency and components as the sidecars see them",
  variables: [{ name: "service", label: "Service", values: Object.keys(model.services) }],
  rows: [controlPlane, invocation, resiliency, components],
});
