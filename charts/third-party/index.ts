/** Which third-party charts an environment installs, where, when and why. */
import { notificationValues } from "#charts/argocd/notifications";
import type { RenderContext } from "#constructs/application-chart";
import { type ChartName, type ChartPin, chartNames, chartPins } from "#model/chart-pins";
import { isSingleNode, stateStoreOf } from "#model/environment";
import { namespaces, valkey } from "#model/names";
import { collectsLogs, collectsTraces } from "#model/telemetry";
import { waves } from "#model/waves";
import { thirdPartyValues } from "./catalogue.ts";
import type { HelmValues } from "./helm-values.ts";
import type { PlatformInputs } from "./inputs.ts";
import { dnsZoneOf, platformInputs } from "./platform-inputs.ts";

export interface ThirdPartyApplication {
  /** Name of the Argo CD Application and of the chart. */
  readonly name: ChartName;
  readonly pin: ChartPin;
  /** Name of the Helm release, from which the chart makes the names of what it installs. */
  readonly releaseName: string;
  readonly namespace: string;
  /** Labels of a namespace that Argo CD makes because no chart of ours does; absent: it exists. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly wave: number;
  readonly values: HelmValues;
  readonly why: string;
}

interface Row {
  readonly namespace: string;
  readonly wave: number;
  readonly why: string;
  /** @default the chart's name */
  readonly releaseName?: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** @default everywhere */
  readonly wanted?: (context: RenderContext) => boolean;
}

/** Their kinds stand in other operators' charts: certificates of webhooks, stores of secrets. */
const BEFORE_OPERATORS = waves.operators - 1;

const gatewayApi = ({ environment }: RenderContext): boolean => environment.gateway.kind === "gateway-api";

/** One 8 GB node holds the product, its stores, metrics and dashboards; docs/environments.md counts what else would fit. */
const notOnOneNode = ({ environment }: RenderContext): boolean => !isSingleNode(environment);

const traced = ({ environment }: RenderContext): boolean => collectsTraces(environment);
const logged = ({ environment }: RenderContext): boolean => collectsLogs(environment);

const table: Readonly<Record<ChartName, Row>> = {
  "prometheus-operator-crds": {
    namespace: namespaces.monitoring,
    wave: waves.crds,
    why: "charts and services declare what is scraped before Prometheus runs",
  },
  "gateway-crds-helm": {
    namespace: namespaces.ingress,
    wave: waves.crds,
    wanted: gatewayApi,
    why: "kinds of the Gateway API, where the provider does not install them, and of Envoy Gateway",
  },
  "tigera-operator": {
    namespace: "tigera-operator",
    // Calico runs on the host's network and mounts its directories.
    namespaceLabels: { "pod-security.kubernetes.io/enforce": "privileged" },
    wave: waves.namespaces,
    wanted: ({ environment }) => !environment.provider.enforcesNetworkPolicies,
    why: "the provider's own network enforces no NetworkPolicy",
  },
  "argo-cd": {
    namespace: namespaces.argocd,
    wave: BEFORE_OPERATORS,
    why: "Argo CD keeps itself at the pinned version after it was installed by hand once",
  },
  "cert-manager": {
    namespace: namespaces.certManager,
    wave: BEFORE_OPERATORS,
    why: "certificates of the public address, of webhooks and of stores",
  },
  "external-secrets": {
    namespace: namespaces.externalSecrets,
    wave: BEFORE_OPERATORS,
    why: "copies each secret from where it lives to who needs it",
  },
  dapr: { namespace: namespaces.dapr, wave: waves.operators, why: "sidecars and their certificates" },
  "strimzi-kafka-operator": {
    namespace: namespaces.strimzi,
    wave: waves.operators,
    wanted: ({ environment }) => environment.kafka.kind === "strimzi",
    why: "Kafka runs in the cluster",
  },
  "cloudnative-pg": {
    namespace: namespaces.cloudNativePg,
    wave: waves.operators,
    wanted: ({ environment }) => environment.postgres.kind === "cloudnative-pg",
    why: "PostgreSQL runs in the cluster",
  },
  keda: {
    namespace: namespaces.keda,
    wave: waves.operators,
    wanted: (context) =>
      notOnOneNode(context) && Object.values(context.model.services).some(({ subscribes }) => subscribes.length > 0),
    why: "subscribers scale by how far they are behind",
  },
  "gateway-helm": {
    namespace: namespaces.ingress,
    wave: waves.operators,
    wanted: gatewayApi,
    why: "implements the Gateway API",
  },
  "metrics-server": {
    namespace: "kube-system",
    wave: waves.operators,
    wanted: (context) => notOnOneNode(context) && !context.environment.provider.shipsMetricsServer,
    why: "autoscalers read CPU and memory, and the provider brings no metrics server",
  },
  "external-dns": {
    namespace: namespaces.externalDns,
    wave: waves.kafka,
    wanted: ({ environment }) => dnsZoneOf(environment) !== null,
    why: "the public name follows the gateway's address",
  },
  "kube-prometheus-stack": {
    namespace: namespaces.monitoring,
    // Grafana and Alertmanager mount Secrets that External Secrets makes in the wave before.
    wave: waves.kafka,
    why: "metrics, alerts and dashboards",
  },
  loki: { namespace: namespaces.monitoring, wave: waves.kafka, wanted: logged, why: "keeps logs" },
  alloy: { namespace: namespaces.monitoring, wave: waves.topics, wanted: logged, why: "collects logs" },
  jaeger: { namespace: namespaces.monitoring, wave: waves.kafka, wanted: traced, why: "keeps traces" },
  "opentelemetry-collector": {
    namespace: namespaces.monitoring,
    wave: waves.topics,
    wanted: traced,
    why: "takes spans from services and sidecars",
  },
  falco: { namespace: namespaces.falco, wave: waves.topics, wanted: notOnOneNode, why: "tells unusual system calls" },
  valkey: {
    namespace: namespaces.infra,
    wave: waves.kafka,
    releaseName: valkey,
    wanted: ({ environment }) => stateStoreOf(environment) === "redis",
    why: "the state store of an environment whose stores run in the cluster",
  },
  "kafka-ui": {
    namespace: namespaces.infra,
    // It mounts its KafkaUser's certificate, which topics and users bring.
    wave: waves.policies,
    wanted: notOnOneNode,
    why: "people look into topics",
  },
};

/** Every chart that the environment installs, in no order: their waves say when. */
export function thirdPartyApplications(context: RenderContext): ThirdPartyApplication[] {
  const inputs = platformInputs(context.environment);
  return chartNames
    .filter((name) => table[name].wanted?.(context) ?? true)
    .map((name) => {
      const { namespace, namespaceLabels, wave, why, releaseName = name } = table[name];
      return {
        name,
        pin: chartPins[name],
        releaseName,
        namespace,
        ...(namespaceLabels ? { namespaceLabels } : {}),
        wave,
        values: valuesOf(name, context, inputs),
        why,
      };
    });
}

function valuesOf(name: ChartName, { environment }: RenderContext, inputs: PlatformInputs): HelmValues {
  const values = thirdPartyValues(name, inputs);
  if (name !== "argo-cd") return values;
  return { ...values, notifications: { ...(values.notifications as HelmValues), ...notificationValues(environment) } };
}
