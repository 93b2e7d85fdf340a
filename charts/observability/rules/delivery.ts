/** What brings the product into the cluster and keeps it reachable: Argo CD, secrets, certificates, the public edge. */
import type { Alert, RuleGroup } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { namespaces } from "#model/names";
import { errorRatio, limits } from "#model/objectives";
import { durationText, minutes } from "#model/quantities";
import { grew, inSeconds } from "../queries.ts";

const argoAlerts: readonly Alert[] = [
  {
    alert: "ArgoApplicationDegraded",
    expr: 'max by (name) (argocd_app_info{health_status="Degraded"}) == 1',
    for: minutes(10),
    severity: "critical",
    summary: "{{ $labels.name }} is degraded",
  },
  {
    alert: "ArgoApplicationOutOfSync",
    expr: 'max by (name) (argocd_app_info{sync_status!="Synced"}) == 1',
    for: limits.outOfSync,
    severity: "warning",
    summary: `{{ $labels.name }} is not what git says for more than ${durationText(limits.outOfSync)}`,
  },
  {
    alert: "ArgoSyncFails",
    expr: grew("name", 'argocd_app_sync_total{phase=~"Error|Failed"}', "15m"),
    for: minutes(15),
    severity: "warning",
    summary: "Syncs of {{ $labels.name }} fail",
  },
];

// External Secrets and cert-manager tell an object's namespace in a label that Prometheus renames: it has one of its own.
const secretAlerts: readonly Alert[] = [
  {
    alert: "SecretSyncFails",
    expr: 'max by (exported_namespace, name) (externalsecret_status_condition{condition="Ready",status="False"}) == 1',
    for: limits.secretSync,
    severity: "warning",
    summary: "The Secret of {{ $labels.exported_namespace }}/{{ $labels.name }} is not brought up to date",
  },
  {
    alert: "SecretStoreUnreachable",
    expr: 'max by (name) (clustersecretstore_status_condition{condition="Ready",status="False"}) == 1',
    for: limits.secretSync,
    severity: "critical",
    summary: "Secrets cannot be read from {{ $labels.name }}",
  },
];

const certificateAlerts: readonly Alert[] = (["warning", "critical"] as const).map((severity) => ({
  alert: "CertificateExpires",
  expr: `min by (exported_namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time() < ${inSeconds(limits.certificate[severity])}`,
  for: minutes(15),
  severity,
  summary: `The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}, less than ${durationText(limits.certificate[severity])}`,
}));

const answers = (matchers = ""): string =>
  `sum(rate(envoy_http_downstream_rq_xx{namespace="${namespaces.ingress}"${matchers}}[5m]))`;

const edgeAlert: Alert = {
  alert: "EdgeErrors",
  expr: `${answers(',envoy_response_code_class="5"')} / ${answers()} > ${errorRatio}`,
  for: minutes(5),
  severity: "critical",
  summary: "The public address answers {{ $value | humanizePercentage }} of the requests with 5xx",
};

export const deliveryRules = ({ environment }: RenderContext): RuleGroup => ({
  name: "delivery",
  rules: [
    ...argoAlerts,
    ...secretAlerts,
    ...certificateAlerts,
    ...(environment.gateway.kind === "gateway-api" ? [edgeAlert] : []),
  ],
});
