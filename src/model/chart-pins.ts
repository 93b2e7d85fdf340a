/** Helm charts that the platform installs, each at one exact version, with the day on which it was current. */

export interface ChartPin {
  /** `https://` for a Helm repository, `oci://` for a registry. */
  readonly repository: string;
  readonly version: string;
  /** Version of the software in it, where the chart says. */
  readonly appVersion?: string;
  readonly asOf: string;
}

const pin = (repository: string, version: string, appVersion: string | undefined, asOf: string): ChartPin =>
  Object.freeze({ repository, version, ...(appVersion === undefined ? {} : { appVersion }), asOf });

const prometheusCommunity = "oci://ghcr.io/prometheus-community/charts";
const envoyProxy = "oci://docker.io/envoyproxy";

export const chartPins = {
  dapr: pin("https://dapr.github.io/helm-charts/", "1.18.3", "1.18.3", "2026-08-14"),
  "strimzi-kafka-operator": pin("oci://quay.io/strimzi-helm", "1.2.0", "1.2.0", "2026-08-22"),
  "cert-manager": pin("oci://quay.io/jetstack/charts", "v1.21.2", "v1.21.2", "2026-09-10"),
  "gateway-crds-helm": pin(envoyProxy, "v1.9.1", "v1.9.1", "2026-08-28"),
  "gateway-helm": pin(envoyProxy, "v1.9.1", "v1.9.1", "2026-08-28"),
  "external-secrets": pin("oci://ghcr.io/external-secrets/charts", "2.9.0", "v2.9.0", "2026-08-08"),
  keda: pin("https://kedacore.github.io/charts", "2.20.2", "2.20.2", "2026-08-13"),
  "prometheus-operator-crds": pin(prometheusCommunity, "31.0.1", "v0.93.1", "2026-08-22"),
  "kube-prometheus-stack": pin(prometheusCommunity, "88.5.3", "v0.93.1", "2026-08-22"),
  loki: pin("oci://ghcr.io/grafana-community/helm-charts", "18.11.0", "3.7.6", "2026-08-20"),
  alloy: pin("https://grafana.github.io/helm-charts", "1.11.1", "v1.18.1", "2026-08-21"),
  jaeger: pin("https://jaegertracing.github.io/helm-charts", "4.11.1", "2.19.0", "2026-06-14"),
  "opentelemetry-collector": pin(
    "https://open-telemetry.github.io/opentelemetry-helm-charts",
    "0.170.0",
    "0.158.0",
    "2026-08-20",
  ),
  falco: pin("https://falcosecurity.github.io/charts", "9.1.0", "0.44.1", "2026-07-21"),
  "metrics-server": pin("https://kubernetes-sigs.github.io/metrics-server/", "3.13.1", "0.8.1", "2026-08-04"),
  "argo-cd": pin("oci://ghcr.io/argoproj/argo-helm", "10.1.1", "v3.4.4", "2026-07-02"),
  "kafka-ui": pin("https://kafbat.github.io/helm-charts", "1.5.2", "v1.3.0", "2025-09-19"),
  "cloudnative-pg": pin("https://cloudnative-pg.github.io/charts", "0.29.0", "1.30.0", "2026-06-29"),
  valkey: pin("https://valkey.io/valkey-helm/", "1.0.0", undefined, "2026-11-12"),
  "external-dns": pin("https://kubernetes-sigs.github.io/external-dns/", "1.21.1", undefined, "2026-04-30"),
  "tigera-operator": pin("oci://quay.io/calico/charts", "v3.33.1", undefined, "2026-11-16"),
} as const satisfies Readonly<Record<string, ChartPin>>;

/** Name of a pinned chart. */
export type ChartName = keyof typeof chartPins;

export const chartNames = Object.keys(chartPins) as readonly ChartName[];
