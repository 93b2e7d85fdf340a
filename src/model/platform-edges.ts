/**
 * Every connection that is open besides the model's own edges, in one table. Ports are the pods'. A connection whose
 * both ends lie in namespaces without policies of ours (operators, Argo CD) needs no row.
 */
import { apiServer, internet, kubernetesApi, nodeAddress, privateNetwork, publicClients } from "./addresses.ts";
import { type Environment, isSingleNode, rackAware, stateStoreOf } from "./environment.ts";
import { type Namespace, namespaces } from "./names.ts";
import { type NamespacePods, type NetworkEdge, type Peer, type Port, servicePods, tcp } from "./network.ts";
import { platform } from "./platform-workloads.ts";
import { daprPorts, kafkaEndpoint, postgresEndpoint } from "./product-edges.ts";
import { readableSecrets, type System } from "./system.ts";
import { collectsTraces } from "./telemetry.ts";

/** Namespaces whose pods may only do what an edge says. */
export const policedNamespaces = ({ gateway, secrets }: Environment): readonly Namespace[] => [
  namespaces.apps,
  namespaces.infra,
  ...(secrets.kind === "kubernetes" ? [namespaces.secrets] : []),
  namespaces.monitoring,
  namespaces.dapr,
  // The controller of an Ingress class is the cluster's, with ports and labels that we do not know.
  ...(gateway.kind === "gateway-api" ? [namespaces.ingress] : []),
];

/** Namespaces that Prometheus scrapes and that have no policies of ours. */
const otherNamespaces = [
  "kube-system",
  namespaces.certManager,
  namespaces.externalSecrets,
  namespaces.externalDns,
  namespaces.keda,
  namespaces.strimzi,
  namespaces.cloudNativePg,
  namespaces.falco,
  namespaces.argocd,
] as const;

const all = (namespace: string): NamespacePods => Object.freeze({ kind: "namespace", namespace });

/** Services whose sidecars hold the pubsub component: dead letters make a publisher of every subscriber. */
export const usesKafka = (model: System): readonly string[] =>
  Object.entries(model.services)
    .filter(([, { publishes, subscribes }]) => publishes.length + subscribes.length > 0)
    .map(([name]) => name);

/** Services that ask their sidecar for secrets, the connection string of their database among them. */
export const readsSecrets = (model: System): readonly string[] =>
  Object.entries(model.services)
    .filter(([name, service]) => readableSecrets(model, name, service).length > 0)
    .map(([name]) => name);

/** Who connects to the brokers' client listener, wherever the brokers run. */
export const kafkaClients = (model: System, environment: Environment): readonly Peer[] => [
  ...usesKafka(model).map(servicePods),
  ...(isSingleNode(environment) ? [] : [platform.keda, platform.kafkaUi]),
];

type Row = readonly [id: string, from: readonly Peer[], to: readonly Peer[], ports: readonly Port[], why: string];

const everywhere: readonly Port[] = [];
const dnsPorts: readonly Port[] = [{ port: 53, protocol: "UDP" }, ...tcp(53)];
const apiPorts = tcp(443, 6443);
const https = tcp(443);

function cluster(environment: Environment): Row[] {
  const { provider } = environment;
  const names = policedNamespaces(environment).filter((name) => name !== namespaces.secrets);
  const dns = [
    platform.kubeDns,
    ...(provider.kind === "gke"
      ? [platform.nodeLocalDns, nodeAddress("node-local-dns-address", "169.254.20.10/32")]
      : []),
  ];
  const api = kubernetesApi(provider);
  const { daprOperator, daprSentry, daprScheduler, daprInjector } = platform;
  return [
    ["dns", names.map(all), dns, dnsPorts, "names of Services and of hosts outside"],
    [
      "dapr-api-server",
      [daprOperator, daprSentry, daprScheduler, daprInjector],
      api,
      apiPorts,
      "Dapr's control plane watches resources and reviews tokens",
    ],
    ["monitoring-api-server", [all(namespaces.monitoring)], api, apiPorts, "discovery of targets, logs and events"],
  ];
}

function dapr(services: readonly Peer[]): Row[] {
  const { daprOperator, daprSentry, daprScheduler, daprInjector } = platform;
  return [
    ["sidecar-sentry", services, [daprSentry], tcp(50_001), "a sidecar obtains its certificate"],
    ["sidecar-operator", services, [daprOperator], tcp(6500), "a sidecar reads components and configuration"],
    ["sidecar-scheduler", services, [daprScheduler], tcp(50_006), "a sidecar schedules and receives jobs"],
    [
      "dapr-sentry",
      [daprOperator, daprScheduler, daprInjector],
      [daprSentry],
      tcp(50_001),
      "the control plane obtains its own certificates",
    ],
    ["dapr-scheduler-peers", [daprScheduler], [daprScheduler], tcp(2379, 2380), "etcd of the schedulers"],
    ["dapr-injector-webhook", [apiServer], [daprInjector], tcp(4000), "the API server asks for the sidecar"],
    ["dapr-operator-webhook", [apiServer], [daprOperator], tcp(19_443), "the API server converts Subscriptions"],
  ];
}

function secrets(model: System, { provider, secrets: source }: Environment): Row[] {
  const readers = readsSecrets(model).map(servicePods);
  switch (source.kind) {
    case "kubernetes":
    case "oci-vault":
      return [["secrets", readers, kubernetesApi(provider), apiPorts, "the sidecar's secret store is Kubernetes"]];
    case "key-vault":
      return [
        [
          "secrets",
          readers,
          [internet, privateNetwork],
          https,
          "Key Vault on its private endpoint, and Entra's tokens",
        ],
      ];
    case "secret-manager":
      return [
        ["secrets", readers, [internet], https, "Secret Manager"],
        ...(provider.metadataServer
          ? [
              [
                "workload-identity",
                readers,
                [nodeAddress("metadata-server", provider.metadataServer.cidr)],
                tcp(...provider.metadataServer.ports),
                "the node's metadata server hands out the workload's identity",
              ] as const,
            ]
          : []),
      ];
    default:
      return source satisfies never;
  }
}

function kafka(model: System, environment: Environment): Row[] {
  const { peers, ports } = kafkaEndpoint(environment);
  const { kafkaUi, schemaRegistry, schemaRegistration } = platform;
  // One node has no room for kafka-ui and KEDA.
  const single = isSingleNode(environment);
  const registryClients = [...usesKafka(model).map(servicePods), ...(single ? [] : [kafkaUi]), schemaRegistration];
  const registry: Row[] = [
    ...(single ? [] : [["kafka-ui", [kafkaUi], peers, ports, "people look into topics"] as const]),
    ["schema-registry", registryClients, [schemaRegistry], tcp(8080), "contracts are registered and read"],
  ];
  if (environment.kafka.kind !== "strimzi") return registry;

  const { kafka: brokers, kafkaEntityOperator, kafkaExporter, strimziOperator, keda } = platform;
  const api = kubernetesApi(environment.provider);
  return [
    ...registry,
    ...(single ? [] : [["keda-kafka", [keda], peers, ports, "KEDA reads consumer lag"] as const]),
    ["kafka-brokers", [brokers], [brokers], tcp(9090, 9091), "controllers' quorum and replication"],
    ["kafka-operator", [strimziOperator], [brokers], tcp(9090, 9091, 8443), "Strimzi rolls brokers with care"],
    ["kafka-entities", [kafkaEntityOperator, kafkaExporter], [brokers], tcp(9091), "topics, users and lag metrics"],
    ["kafka-entities-api-server", [kafkaEntityOperator], api, apiPorts, "topics and users are custom resources"],
    ...(rackAware(environment)
      ? [["kafka-api-server", [brokers], api, apiPorts, "a starting broker reads its node's zone"] as const]
      : []),
  ];
}

function stores(environment: Environment): Row[] {
  const { direct } = postgresEndpoint(environment);
  const { postgres, postgresPooler, postgresOperator, migrations, schemaRegistry } = platform;
  const rows: Row[] = [
    ["migrations", [migrations], direct.peers, direct.ports, "a service's schema is migrated before it starts"],
    [
      "schema-registry-storage",
      [schemaRegistry],
      direct.peers,
      direct.ports,
      "the registry keeps its schemas in PostgreSQL",
    ],
  ];
  if (environment.postgres.kind !== "cloudnative-pg") return rows;
  return [
    ...rows,
    ["postgres-pooler", [postgresPooler], [postgres], tcp(5432), "the pooler's own connections"],
    ["postgres-replication", [postgres], [postgres], tcp(5432, 8000), "replicas follow the primary"],
    ["postgres-operator", [postgresOperator], [postgres], tcp(5432, 8000), "CloudNativePG asks instances how they are"],
    [
      "postgres-api-server",
      [postgres, postgresPooler],
      kubernetesApi(environment.provider),
      apiPorts,
      "instance managers report and follow their cluster",
    ],
  ];
}

function monitoring(model: System, environment: Environment, services: readonly Peer[]): Row[] {
  const { prometheus, alertmanager, collector, prometheusOperator } = platform;
  const own = all(namespaces.monitoring);
  const scrape = (id: string, to: readonly Peer[], ...ports: number[]): Row => [
    `scrape-${id}`,
    [prometheus],
    to,
    tcp(...ports),
    "metrics",
  ];
  return [
    ["observability", [own], [own], everywhere, "one stack: metrics, logs, traces, dashboards and alerts"],
    ...(collectsTraces(environment)
      ? [["traces", services, [collector], tcp(4317, 4318), "spans of services and sidecars"] as const]
      : []),
    ["alerts", [alertmanager], [internet], tcp(443, 587), "alerts reach people by webhook or mail"],
    ["prometheus-webhook", [apiServer], [prometheusOperator], tcp(10_250), "the API server has rules checked"],
    ["nodes", [prometheus], [privateNetwork], tcp(10_250, 9100), "kubelets and node exporters"],
    ["scrape-operators", [prometheus], otherNamespaces.map(all), everywhere, "metrics of operators and of the cluster"],
    ...Object.entries(model.services).map(([name, { port }]) =>
      scrape(name, [servicePods(name)], port, daprPorts.metrics),
    ),
    scrape(
      "dapr",
      [platform.daprOperator, platform.daprSentry, platform.daprScheduler, platform.daprInjector],
      daprPorts.metrics,
    ),
    scrape("schema-registry", [platform.schemaRegistry], 8080),
    ...(environment.kafka.kind === "strimzi"
      ? [
          scrape("kafka", [platform.kafka, platform.kafkaExporter], 9404),
          scrape("kafka-entities", [platform.kafkaEntityOperator], 8080, 8081),
        ]
      : []),
    ...(environment.postgres.kind === "cloudnative-pg"
      ? [scrape("postgres", [platform.postgres], 9187), scrape("postgres-pooler", [platform.postgresPooler], 9127)]
      : []),
    ...(stateStoreOf(environment) === "redis" ? [scrape("valkey", [platform.valkey], 9121)] : []),
    ...(environment.gateway.kind === "gateway-api"
      ? [scrape("envoy", [platform.envoy, platform.envoyGateway], 19_001)]
      : []),
  ];
}

function edge(model: System, environment: Environment): Row[] {
  const viaGateway = environment.gateway.kind === "gateway-api";
  const proxies = viaGateway ? [platform.envoy] : [all(namespaces.ingress)];
  const routed = Object.entries(model.services).filter(([, { routes }]) => Object.keys(routes).length > 0);
  const routes = routed.map(
    ([name, { port }]): Row => [
      `route-${name}`,
      proxies,
      [servicePods(name)],
      tcp(port),
      `public routes lead straight to ${name}`,
    ],
  );
  const challenges = "HTTP-01 challenges of the certificate authority";
  if (!viaGateway) {
    return environment.acmeEmail === null
      ? routes
      : [...routes, ["acme", proxies, [platform.acmeSolverBesideIngress], tcp(8089), challenges]];
  }

  const { envoy, envoyGateway, envoyGatewayCertgen, acmeSolver } = platform;
  return [
    ...routes,
    // Envoy listens above 1024: Envoy Gateway adds 10,000 to ports 80 and 443.
    ["public", [publicClients], [envoy], tcp(10_080, 10_443), "the product's public address"],
    ["envoy-configuration", [envoy], [envoyGateway], tcp(18_000), "proxies learn listeners and routes"],
    ...(environment.provider.zoneKey
      ? [
          [
            "envoy-webhook",
            [apiServer],
            [envoyGateway],
            tcp(9443),
            "the API server has proxies told their zone",
          ] as const,
        ]
      : []),
    [
      "envoy-api-server",
      [envoyGateway, envoyGatewayCertgen],
      kubernetesApi(environment.provider),
      apiPorts,
      "Envoy Gateway watches routes and keeps its certificates",
    ],
    ...(environment.acmeEmail === null ? [] : [["acme", [envoy], [acmeSolver], tcp(8089), challenges] as const]),
  ];
}

/** The table, for one environment. */
export function platformEdges(model: System, environment: Environment): readonly NetworkEdge[] {
  const services = Object.keys(model.services).map(servicePods);
  return [
    ...cluster(environment),
    ...dapr(services),
    ...secrets(model, environment),
    ...kafka(model, environment),
    ...stores(environment),
    ...monitoring(model, environment, services),
    ...edge(model, environment),
  ].map(([id, from, to, ports, why]) => ({ id, from, to, ports, why }));
}
