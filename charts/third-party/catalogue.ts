/** Every third-party chart: its values and where it is rendered. */

import type { HelmValues } from "./helm-values.ts";
import type { PlatformInputs } from "./inputs.ts";
import { alloyValues } from "./values/alloy.ts";
import { argoCdValues } from "./values/argo-cd.ts";
import { certManagerValues } from "./values/cert-manager.ts";
import { cloudnativePgValues } from "./values/cloudnative-pg.ts";
import { daprValues } from "./values/dapr.ts";
import { externalDnsValues } from "./values/external-dns.ts";
import { externalSecretsValues } from "./values/external-secrets.ts";
import { falcoValues } from "./values/falco.ts";
import { gatewayCrdsValues, gatewayValues } from "./values/gateway.ts";
import { jaegerValues } from "./values/jaeger.ts";
import { kafkaUiValues } from "./values/kafka-ui.ts";
import { kedaValues } from "./values/keda.ts";
import { kubePrometheusStackValues } from "./values/kube-prometheus-stack.ts";
import { lokiValues } from "./values/loki.ts";
import { metricsServerValues } from "./values/metrics-server.ts";
import { opentelemetryCollectorValues } from "./values/opentelemetry-collector.ts";
import { prometheusOperatorCrdsValues } from "./values/prometheus-operator-crds.ts";
import { strimziValues } from "./values/strimzi-kafka-operator.ts";
import { tigeraOperatorValues } from "./values/tigera-operator.ts";
import { valkeyValues } from "./values/valkey.ts";

interface CatalogueEntry {
  readonly values: (inputs: PlatformInputs) => HelmValues;
  /** Whether the environment can use the chart at all; that it wants it is the environment's own decision. */
  readonly possible: (inputs: PlatformInputs) => boolean;
}

const anywhere = (values: CatalogueEntry["values"]): CatalogueEntry => ({ values, possible: () => true });

export const catalogue = {
  alloy: anywhere(alloyValues),
  "argo-cd": anywhere(argoCdValues),
  "cert-manager": anywhere(certManagerValues),
  "cloudnative-pg": anywhere(cloudnativePgValues),
  dapr: anywhere(daprValues),
  "external-dns": { values: externalDnsValues, possible: ({ dns }) => dns !== undefined },
  "external-secrets": anywhere(externalSecretsValues),
  falco: anywhere(falcoValues),
  "gateway-crds-helm": anywhere(gatewayCrdsValues),
  "gateway-helm": anywhere(gatewayValues),
  jaeger: anywhere(jaegerValues),
  "kafka-ui": { values: kafkaUiValues, possible: ({ kafka }) => kafka !== undefined },
  keda: anywhere(kedaValues),
  "kube-prometheus-stack": anywhere(kubePrometheusStackValues),
  loki: anywhere(lokiValues),
  // AKS and GKE bring their own.
  "metrics-server": {
    values: metricsServerValues,
    possible: ({ provider }) => provider !== "aks" && provider !== "gke",
  },
  "opentelemetry-collector": anywhere(opentelemetryCollectorValues),
  "prometheus-operator-crds": anywhere(prometheusOperatorCrdsValues),
  "strimzi-kafka-operator": anywhere(strimziValues),
  "tigera-operator": { values: tigeraOperatorValues, possible: ({ provider }) => provider === "oke" },
  valkey: anywhere(valkeyValues),
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type ThirdPartyChart = keyof typeof catalogue;

export const thirdPartyCharts = Object.keys(catalogue) as readonly ThirdPartyChart[];

/** The charts that an environment with these inputs can use. */
export const possibleCharts = (inputs: PlatformInputs): readonly ThirdPartyChart[] =>
  thirdPartyCharts.filter((chart) => catalogue[chart].possible(inputs));

export const thirdPartyValues = (chart: ThirdPartyChart, inputs: PlatformInputs): HelmValues =>
  catalogue[chart].values(inputs);
