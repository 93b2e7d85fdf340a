/** What Prometheus scrapes of pods whose chart or operator brings no monitor; ports are those of `platform-edges.ts`. */
import type { Construct } from "constructs";
import type { RenderContext } from "#constructs/application-chart";
import { customResource } from "#constructs/custom-resource";
import { commonLabels } from "#constructs/labels";
import type { PodMonitorSpec } from "#imports/monitoring.coreos.com";
import { namespaces } from "#model/names";
import type { Workload } from "#model/network";
import { platform } from "#model/platform-workloads";
import { daprPorts } from "#model/product-edges";

interface Scraped {
  readonly workload: Workload;
  readonly ports: readonly number[];
  /** @default "/metrics" */
  readonly path?: string;
}

const dapr: readonly Scraped[] = [
  platform.daprOperator,
  platform.daprSentry,
  platform.daprScheduler,
  platform.daprInjector,
].map((workload) => ({ workload, ports: [daprPorts.metrics] }));

/** https://strimzi.io/docs/operators/latest/deploying#assembly-metrics-str */
const kafka: readonly Scraped[] = [
  { workload: platform.kafka, ports: [9404] },
  { workload: platform.kafkaExporter, ports: [9404] },
  // One pod, two operators: of topics and of users.
  { workload: platform.kafkaEntityOperator, ports: [8080, 8081] },
  { workload: platform.strimziOperator, ports: [8080] },
];

/** https://cloudnative-pg.io/documentation/current/monitoring/ */
const postgres: readonly Scraped[] = [
  { workload: platform.postgres, ports: [9187] },
  { workload: platform.postgresPooler, ports: [9127] },
];

/** https://gateway.envoyproxy.io/docs/tasks/observability/proxy-metric/ */
const edge: readonly Scraped[] = [
  { workload: platform.envoy, ports: [19_001], path: "/stats/prometheus" },
  { workload: platform.envoyGateway, ports: [19_001] },
];

const podSelector = ({ selector: { matchLabels, absent = [] } }: Workload): PodMonitorSpec["selector"] => ({
  matchLabels: { ...matchLabels },
  ...(absent.length > 0 ? { matchExpressions: absent.map((key) => ({ key, operator: "DoesNotExist" })) } : {}),
});

export function addMonitors(scope: Construct, { environment }: RenderContext): void {
  const scraped = [
    ...dapr,
    ...(environment.kafka.kind === "strimzi" ? kafka : []),
    ...(environment.postgres.kind === "cloudnative-pg" ? postgres : []),
    ...(environment.gateway.kind === "gateway-api" ? edge : []),
  ];
  for (const { workload, ports, path = "/metrics" } of scraped) {
    const { name, namespace } = workload;
    const metadata = { name, namespace: namespaces.monitoring, labels: commonLabels() };
    customResource(scope, `monitor-${namespace}-${name}`, "monitoring.coreos.com/PodMonitor", metadata, {
      spec: {
        namespaceSelector: { matchNames: [namespace] },
        selector: podSelector(workload),
        podMetricsEndpoints: ports.map((portNumber) => ({ portNumber, path, interval: "30s" })),
      },
    });
  }
}
