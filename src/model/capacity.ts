/** What services may ask of a cluster at most: quotas are made from it, the capacity check compares it. */
import { type Environment, isSingleNode } from "./environment.ts";
import { type Bytes, type Cpu, mebibytes, millicores, type Resources } from "./quantities.ts";
import { scaleOf } from "./scale.ts";
import type { System } from "./system.ts";

/**
 * daprd holds 134 to 145 MiB idle and up to 169 MiB loaded (docs/sizing.md); the limit leaves room for bursts of bulk events. On a
 * single node it requests what it holds idle: there the product is tried, not loaded.
 */
export const sidecarResources = (environment: Environment): Resources => ({
  requests: isSingleNode(environment)
    ? { cpu: millicores(25), memory: mebibytes(148) }
    : { cpu: millicores(100), memory: mebibytes(176) },
  limits: { cpu: millicores(1000), memory: mebibytes(320) },
});

/** What a replica of a service requests; on a single node what it holds idle, since nobody loads it and all must find room. */
export function serviceResources(environment: Environment, { requests, limits }: Resources): Resources {
  if (!isSingleNode(environment)) return { requests, limits };
  const memory = mebibytes(Math.min(requests.memory.mebibytes, 144));
  return { requests: { ...requests, memory }, limits };
}

/** A service's schema is migrated by a pod of this size, one at a time per service. */
export const migrationResources: Resources = {
  requests: { cpu: millicores(50), memory: mebibytes(96) },
  limits: { cpu: millicores(1000), memory: mebibytes(256) },
};

export interface Demand {
  readonly pods: number;
  readonly cpuRequests: Cpu;
  readonly memoryRequests: Bytes;
  readonly memoryLimits: Bytes;
}

/** Every service at its most replicas, each with its sidecar, one pod of each surging, and all migrations at once. */
export function peakDemand(model: System, environment: Environment): Demand {
  const sidecar = sidecarResources(environment);
  let pods = 0;
  let cpu = 0;
  let memory = 0;
  let memoryLimit = 0;
  const add = (count: number, ...containers: readonly Resources[]): void => {
    pods += count;
    for (const { requests, limits } of containers) {
      cpu += count * requests.cpu.millicores;
      memory += count * requests.memory.mebibytes;
      memoryLimit += count * limits.memory.mebibytes;
    }
  };
  for (const [name, service] of Object.entries(model.services)) {
    const replicas = isSingleNode(environment) ? 1 : scaleOf(model, name, service).max;
    add(replicas + 1, serviceResources(environment, service.resources), sidecar);
    add(1, migrationResources);
  }
  return {
    pods,
    cpuRequests: millicores(cpu),
    memoryRequests: mebibytes(memory),
    memoryLimits: mebibytes(memoryLimit),
  };
}
