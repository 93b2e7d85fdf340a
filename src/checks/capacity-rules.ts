import { connectionUses } from "#model/connections";
import { databaseRoles } from "#model/postgres-roles";
import type { Pool } from "#model/size";
import { demandOf, type PodDemand, placementOf } from "./demand.ts";
import { injectedWorkloadsOf } from "./injected-workloads.ts";
import { containersOf, isJob, isServing } from "./pods.ts";
import { at, fieldsAt, listAt, numberAt, quantity } from "./read.ts";
import { mostReplicas } from "./replicas.ts";
import type { Finding, Rendering, Rule } from "./rule.ts";

interface Node {
  cpu: number;
  memory: number;
}

const MIB = 2 ** 20;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;
const millicores = (cores: number): string => `${Math.round(cores * 1000)}m CPU`;

/** Largest first into the first node with room: what the scheduler does at best. @returns what found no room */
function unplaced(nodes: Node[], demands: readonly PodDemand[]): PodDemand[] {
  const pods = demands.flatMap((demand) => Array.from({ length: demand.count }, () => demand));
  return pods
    .sort((a, b) => b.memory - a.memory)
    .filter(({ cpu, memory }) => {
      const node = nodes.find((free) => free.cpu >= cpu - 1e-9 && free.memory >= memory);
      if (node) {
        node.cpu -= cpu;
        node.memory -= memory;
      }
      return !node;
    });
}

const total = (demands: readonly PodDemand[], of: "cpu" | "memory"): number =>
  demands.reduce((sum, demand) => sum + demand.count * demand[of], 0);

function* fits(where: string, nodes: number, allocatable: Pool["allocatable"], demands: readonly PodDemand[]) {
  const spread = demands.filter(({ everyNode }) => everyNode);
  const rest = demands.filter(({ everyNode }) => !everyNode);
  const each = {
    cpu: allocatable.cpu.millicores / 1000 - spread.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: allocatable.memory.mebibytes * MIB - spread.reduce((sum, { memory }) => sum + memory, 0),
  };
  const left = unplaced(
    Array.from({ length: nodes }, () => ({ ...each })),
    rest,
  );
  if (left.length === 0) return;
  const names = [...new Set(left.map(({ what }) => what))].join(", ");
  yield {
    problem:
      `${where} cannot hold ${names}: its pods request ${millicores(total(rest, "cpu"))} and ${mebibytes(total(rest, "memory"))}, ` +
      `its ${nodes} nodes have ${millicores(each.cpu * nodes)} and ${mebibytes(each.memory * nodes)}`,
  };
}

const requests: Rule = {
  id: "capacity-requests",
  reason: "Pods whose requests fit no node stay pending, and a rollout that needs them never ends.",
  remedy: "Enlarge the pool in src/environments.ts, or lower requests or replicas",
  severity: "error",
  *check(rendering) {
    const { size } = rendering.environment;
    const demands = demandOf(rendering);
    if (size.kind === "single-node") {
      yield* fits("the node", 1, size.allocatable, demands);
      return;
    }
    for (const [name, pool] of Object.entries(size.pools)) {
      const here = demands.filter(({ everyNode, placement }) => everyNode || placement?.pool === name);
      yield* fits(`the pool ${name}`, pool.nodes.min, pool.allocatable, here);
    }
  },
};

const placed: Rule = {
  id: "pool-placement",
  reason: "Every pool is tainted: a pod that tolerates none, or is bound to one that does not exist, stays pending.",
  remedy: "Place it with poolPlacement(), in a pool of the environment's size",
  severity: "error",
  *check(rendering) {
    const { size } = rendering.environment;
    if (size.kind === "single-node") return;
    const placements = [
      ...demandOf(rendering),
      ...injectedWorkloadsOf(rendering)
        .filter(({ workload }) => isJob(workload))
        .map(({ workload, pod }) => ({ what: "job", resource: workload.resource, placement: placementOf(pod.spec) })),
    ];
    for (const { what, resource, placement } of placements) {
      if (!placement || !resource) continue;
      const { pool, tolerated } = placement;
      const pods = resource.manifest.metadata.name === what || what === "job" ? "its pods" : `its pods "${what}"`;
      if (pool === undefined) yield { resource, problem: `${pods} are bound to no pool` };
      else if (!Object.hasOwn(size.pools, pool))
        yield { resource, problem: `${pods} are bound to the pool ${pool}, which is not there` };
      else if (!tolerated.includes(pool))
        yield { resource, problem: `${pods} do not tolerate the taint of the pool ${pool}` };
    }
  },
};

const connections: Rule = {
  id: "capacity-connections",
  reason: "PostgreSQL refuses the connection after the last: new replicas start and fail while the load is highest.",
  remedy:
    "Lower the services' scale or the pools in src/model/connections.ts, put a pooler in front, or raise maxConnections",
  severity: "error",
  *check(rendering) {
    const { model, environment } = rendering;
    const uses = connectionUses(model, environment, poolerSessions(rendering));
    const held = uses.reduce((sum, { connections: some }) => sum + some, 0);
    const { maxConnections } = environment.postgres;
    if (held > maxConnections) {
      const parts = uses.map(({ what, connections: some }) => `${what} ${some}`).join(", ");
      yield { problem: `up to ${held} connections (${parts}) to a server that takes ${maxConnections}` };
    }
  },
};

/** Sessions that all instances of the rendered poolers keep to the server; `undefined` without one. */
function poolerSessions(rendering: Rendering): number | undefined {
  const poolers = rendering.ofKind("Pooler");
  if (poolers.length === 0) return undefined;
  const roles = databaseRoles(rendering.model, rendering.environment).length;
  return poolers.reduce((sum, { manifest: { spec } }) => {
    const parameters = fieldsAt(spec, "pgbouncer", "parameters");
    // PgBouncer's default is 20 for each pair of user and database. https://www.pgbouncer.org/config.html
    const perRole = Number(parameters.default_pool_size ?? 20) + Number(parameters.reserve_pool_size ?? 0);
    const each = Math.min(perRole * roles, Number(parameters.max_db_connections ?? Number.POSITIVE_INFINITY));
    return sum + each * (numberAt(spec, "instances") ?? 1);
  }, 0);
}

/** What a quota may bound, and what one pod needs of it. */
const COUNTED = ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"] as const;

interface Peak {
  pods: number;
  readonly of: Map<string, number>;
  /** Containers without a value for what a quota bounds: the API server refuses their pods. */
  readonly without: Map<string, string>;
}

/** Every workload of a namespace at its most replicas, one pod of each Deployment surging, all Jobs at once. */
function peakOf(rendering: Rendering, namespace: string | undefined): Peak {
  const peak: Peak = { pods: 0, of: new Map(), without: new Map() };
  for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
    if (workload.resource.manifest.metadata.namespace !== namespace) continue;
    const count = mostReplicas(rendering, workload) + (isServing(workload) ? 1 : 0);
    peak.pods += count;
    for (const name of COUNTED) {
      const [what = "", kind = ""] = name.split(".");
      for (const container of containersOf({ pod: pod.spec })) {
        const value = quantity(at(container.resources, what, kind));
        if (Number.isNaN(value))
          peak.without.set(name, `${container.name} of ${workload.resource.manifest.metadata.name}`);
        else peak.of.set(name, (peak.of.get(name) ?? 0) + count * value);
      }
    }
  }
  return peak;
}

const quota: Rule = {
  id: "quota-covers",
  reason: "A quota below what the services need at their most stops the rollout or the scaling that needs it.",
  remedy: "Make the quota with peakDemand(), and bound ephemeral storage by a LimitRange that gives defaults",
  severity: "error",
  *check(rendering): Generator<Finding> {
    for (const resource of rendering.ofKind("ResourceQuota")) {
      const { namespace } = resource.manifest.metadata;
      const hard = fieldsAt(resource.manifest.spec, "hard");
      const peak = peakOf(rendering, namespace);
      if ("pods" in hard && quantity(hard.pods) < peak.pods) {
        yield { resource, problem: `it allows ${String(hard.pods)} pods, ${peak.pods} may be needed` };
      }
      for (const name of COUNTED) {
        const bound = hard[name] ?? (name.startsWith("requests.") ? hard[name.slice("requests.".length)] : undefined);
        if (bound === undefined) continue;
        const needed = peak.of.get(name) ?? 0;
        if (quantity(bound) < needed - 1e-9) {
          const text = name.endsWith("cpu") ? millicores(needed) : mebibytes(needed);
          yield { resource, problem: `it allows ${String(bound)} of ${name}, ${text} may be needed` };
        }
        const without = peak.without.get(name);
        if (without && !hasDefault(rendering, namespace, name)) {
          yield { resource, problem: `it bounds ${name}, which the container ${without} does not say` };
        }
      }
      for (const name of ["requests.ephemeral-storage", "limits.ephemeral-storage"]) {
        if (name in hard && !hasDefault(rendering, namespace, name)) {
          yield { resource, problem: `it bounds ${name}, which sidecars cannot say` };
        }
      }
    }
  },
};

function hasDefault(rendering: Rendering, namespace: string | undefined, name: string): boolean {
  const [what, ...kind] = name.split(".");
  const field = what === "requests" ? "defaultRequest" : "default";
  return rendering
    .ofKind("LimitRange")
    .filter(({ manifest }) => manifest.metadata.namespace === namespace)
    .some(({ manifest }) =>
      listAt(manifest.spec, "limits").some((limit) => at(limit, field, kind.join(".")) !== undefined),
    );
}

export const capacityRules: readonly Rule[] = [requests, placed, connections, quota];
