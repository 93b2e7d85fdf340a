/** The model's own edges as connections between pods: what a service's entry opens. */
import { internet, privateNetwork } from "./addresses.ts";
import { type Environment, stateStoreOf } from "./environment.ts";
import { type NetworkEdge, type Peer, type Port, servicePods, tcp } from "./network.ts";
import { platform } from "./platform-workloads.ts";
import type { AnyService } from "./service.ts";
import type { System } from "./system.ts";

/** Of daprd. https://docs.dapr.io/reference/arguments-annotations-overview/ */
export const daprPorts = { internalGrpc: 50_002, metrics: 9090 } as const;

/** Where connections of one kind go: in the cluster to pods, else to addresses. */
export interface Endpoint {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

/** The brokers' listener for clients. */
export function kafkaEndpoint({ kafka }: Environment): Endpoint {
  switch (kafka.kind) {
    case "strimzi":
      return { peers: [platform.kafka], ports: tcp(9093) };
    case "event-hubs":
      return { peers: [privateNetwork], ports: tcp(9093) };
    case "confluent":
    case "aiven":
    case "redpanda":
      return { peers: [internet], ports: tcp(Number(kafka.bootstrap.split(":")[1])) };
    default:
      return kafka satisfies never;
  }
}

/** `pooled` also holds the direct address, which LISTEN and advisory locks need; migrations use `direct` alone. */
export function postgresEndpoint({ postgres }: Environment): { readonly pooled: Endpoint; readonly direct: Endpoint } {
  switch (postgres.kind) {
    case "cloudnative-pg":
      return {
        pooled: { peers: [platform.postgresPooler, platform.postgres], ports: tcp(5432) },
        direct: { peers: [platform.postgres], ports: tcp(5432) },
      };
    case "managed": {
      const ports = new Set([postgres.port, postgres.pooler?.port ?? postgres.port]);
      return {
        pooled: { peers: [privateNetwork], ports: tcp(...ports) },
        direct: { peers: [privateNetwork], ports: tcp(postgres.port) },
      };
    }
    case "neon": {
      const endpoint = { peers: [internet], ports: tcp(5432) };
      return { pooled: endpoint, direct: endpoint };
    }
    default:
      return postgres satisfies never;
  }
}

function storeEndpoint(model: System, environment: Environment, store: string): Endpoint {
  const inValkey = model.stores[store]?.kind === "dapr-state" && stateStoreOf(environment) === "redis";
  return inValkey ? { peers: [platform.valkey], ports: tcp(6379) } : postgresEndpoint(environment).pooled;
}

function edgesOf(model: System, environment: Environment, name: string, service: AnyService): NetworkEdge[] {
  const from = [servicePods(name)];
  const kafka = kafkaEndpoint(environment);
  const topics = [...service.publishes, ...service.subscribes];
  return [
    ...Object.keys(service.invokes).map((callee) => ({
      id: `invokes-${name}-${callee}`,
      from,
      to: [servicePods(callee)],
      ports: tcp(daprPorts.internalGrpc),
      why: `${name} invokes ${callee}, from sidecar to sidecar over mTLS`,
    })),
    ...(topics.length > 0
      ? [
          {
            id: `topics-${name}`,
            from,
            to: kafka.peers,
            ports: kafka.ports,
            why: `${name} publishes or subscribes to ${[...new Set(topics)].sort().join(", ")}`,
          },
        ]
      : []),
    ...service.stores.map((store) => {
      const { peers, ports } = storeEndpoint(model, environment, store);
      return { id: `stores-${name}-${store}`, from, to: peers, ports, why: `${name} keeps data in ${store}` };
    }),
    ...service.egress.flatMap((host) => {
      const outside = model.outside[host];
      if (!outside) return [];
      return [
        {
          id: `egress-${name}-${host}`,
          from,
          to: [internet],
          ports: tcp(outside.port),
          why: `${name}: ${outside.purpose}`,
        },
      ];
    }),
  ];
}

/** One entry for each `invokes`, `stores` and `egress` edge of the model; one for all topics of a service, which are one broker. */
export const productEdges = (model: System, environment: Environment): readonly NetworkEdge[] =>
  Object.entries(model.services).flatMap(([name, service]) => edgesOf(model, environment, name, service));
