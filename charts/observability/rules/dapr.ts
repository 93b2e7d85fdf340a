/** Dapr: its control plane, the identities it hands out, and what sidecars refuse or fail. */
import type { Alert, RuleGroup } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { namespaces } from "#model/names";
import { limits } from "#model/objectives";
import { durationText, minutes } from "#model/quantities";
import { grew, inSeconds } from "../queries.ts";

/** Its parts by the beginning of their pods' names, with what stops when none is there. */
const controlPlane = {
  "dapr-sentry": "sidecars get no certificates: none starts, and those that run lose theirs within a day",
  "dapr-operator": "sidecars that start get no components",
  "dapr-sidecar-injector": "pods of the product do not start",
  "dapr-scheduler": "reminders are fired late, by the sweep alone",
} as const;

const controlPlaneAlerts: readonly Alert[] = Object.entries(controlPlane).map(([part, consequence]) => ({
  alert: "DaprControlPlaneDown",
  expr: `absent(up{namespace="${namespaces.dapr}",pod=~"${part}-.*"} == 1)`,
  for: minutes(5),
  severity: "critical",
  labels: { part },
  summary: `${part} is away: ${consequence}`,
}));

const certificateAlerts: readonly Alert[] = [
  ...(["warning", "critical"] as const).map(
    (severity): Alert => ({
      alert: "DaprIssuerCertificateExpires",
      expr: `min(dapr_sentry_issuercert_expiry_timestamp) - time() < ${inSeconds(limits.certificate[severity])}`,
      for: minutes(15),
      severity,
      summary: `The certificate by which sidecars trust each other ends in {{ $value | humanizeDuration }}, less than ${durationText(limits.certificate[severity])}`,
    }),
  ),
  {
    alert: "DaprSigningFails",
    expr: `${grew("reason", "dapr_sentry_cert_sign_failure_total", "15m")} or ${grew("reason", "dapr_sentry_servercert_issue_failed_total", "15m")}`,
    for: minutes(5),
    severity: "critical",
    summary: "Sentry signs no certificates: {{ $labels.reason }}",
  },
  {
    alert: "DaprCertificateNotRenewed",
    expr: `${grew("app_id, reason", "dapr_runtime_mtls_workload_cert_rotated_fail_total", "1h")} or ${grew("app_id, reason", "dapr_runtime_mtls_init_fail_total", "1h")}`,
    for: minutes(5),
    severity: "warning",
    summary: "The sidecar of {{ $labels.app_id }} could not renew its certificate: {{ $labels.reason }}",
  },
];

const sidecarAlerts: readonly Alert[] = [
  {
    alert: "DaprInjectionFails",
    expr: "sum(increase(dapr_injector_sidecar_injection_failed_total[15m])) > 0",
    for: minutes(5),
    severity: "critical",
    summary: "Pods are refused because their sidecar cannot be added",
  },
  {
    alert: "DaprComponentFails",
    expr: grew("app_id, component, reason", "dapr_runtime_component_init_fail_total", "15m"),
    for: minutes(1),
    severity: "critical",
    summary: "The sidecar of {{ $labels.app_id }} cannot load {{ $labels.component }}: {{ $labels.reason }}",
  },
  {
    alert: "DaprCallsRefused",
    expr: `${grew("app_id", "dapr_runtime_acl_app_policy_action_blocked_total", "15m")} or ${grew("app_id", "dapr_runtime_acl_global_policy_action_blocked_total", "15m")}`,
    for: minutes(1),
    severity: "warning",
    summary: "Somebody calls {{ $labels.app_id }} who is not allowed to",
  },
  {
    alert: "DaprCircuitOpen",
    expr: 'max by (app_id, target, flow_direction) (dapr_resiliency_cb_state{status="open"}) == 1',
    for: minutes(5),
    severity: "warning",
    summary: "{{ $labels.app_id }} has stopped calling {{ $labels.target }}, which failed too often",
  },
  {
    alert: "DaprJobsFail",
    expr: `${grew("app_id", "dapr_component_job_failure_count", "15m")}`,
    for: minutes(5),
    severity: "warning",
    summary: "{{ $labels.app_id }} fails when its timers fire; the sweep catches up",
  },
  {
    alert: "DaprJobsUndelivered",
    expr: grew("type", "dapr_scheduler_jobs_undelivered_total", "15m"),
    for: minutes(5),
    severity: "warning",
    summary: "The scheduler finds no sidecar that takes its timers",
  },
];

export const daprRules = (_context: RenderContext): RuleGroup => ({
  name: "dapr",
  rules: [...controlPlaneAlerts, ...certificateAlerts, ...sidecarAlerts],
});
