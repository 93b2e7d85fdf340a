/** How many connections to PostgreSQL the product holds at most. */
import { type Environment, isSingleNode, stateStoreOf } from "./environment.ts";
import { scaleOf } from "./scale.ts";
import { type System, usesPostgres, usesState } from "./system.ts";

/** Of one replica of a service: its pool for queries, and one session that listens and may hold the relay's lock. */
export const connectionsPerReplica = { pooled: 5, direct: 1 } as const;

/** Of one sidecar, where the state store is PostgreSQL: `maxConns` of the component. */
export const STATE_STORE_CONNECTIONS = 4;

/** Connections that a provider's pooler keeps to the server for one role; its pools are made with this size. */
export const MANAGED_POOL_SIZE = 20;

/** Prometheus' exporter, a person with psql and the backup. */
const OTHERS = 5;

export interface ConnectionUse {
  readonly what: string;
  readonly connections: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/**
 * Sessions on the server with every service at its most replicas, one more of each surging, and all migrations at once.
 * @param pooler sessions that the cluster's own pooler keeps to the server; absent: there is none
 */
export function connectionUses(model: System, environment: Environment, pooler?: number): ConnectionUse[] {
  const { postgres } = environment;
  const replicas = Object.entries(model.services).map(([name, service]) => ({
    service,
    most: (isSingleNode(environment) ? 1 : scaleOf(model, name, service).max) + 1,
  }));
  const clients = replicas.filter(({ service }) => usesPostgres(model, service));
  const sidecars =
    stateStoreOf(environment) === "postgresql" ? replicas.filter(({ service }) => usesState(model, service)) : [];
  const most = sum(clients.map((client) => client.most));
  const direct = [
    { what: "sessions that listen", connections: most * connectionsPerReplica.direct },
    { what: "migrations", connections: clients.length },
    { what: "exporter, backup and people", connections: OTHERS },
  ];
  if (pooler !== undefined) return [{ what: "pooler", connections: pooler }, ...direct];
  if (postgres.kind === "managed" && postgres.pooler) {
    const roles = clients.length + (sidecars.length > 0 ? 1 : 0);
    return [{ what: `provider's pooler for ${roles} roles`, connections: roles * MANAGED_POOL_SIZE }, ...direct];
  }
  return [
    { what: "pools of services", connections: most * connectionsPerReplica.pooled },
    { what: "state store", connections: sum(sidecars.map((each) => each.most)) * STATE_STORE_CONNECTIONS },
    ...direct,
  ];
}
