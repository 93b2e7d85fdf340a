/** Requests, limits and replicas of the third-party charts' pods: read by the values and by the capacity check. */

import { bytesQuantity, type Cpu, cpuQuantity, mebibytes, millicores } from "#model/quantities";
import type { HelmValues } from "./helm-values.ts";
import type { PlatformInputs, PlatformSize } from "./inputs.ts";
import {
  type Basis,
  type ContainerRow,
  type Sized,
  type WorkloadName,
  type WorkloadRow,
  workloads,
} from "./workload-table.ts";

export { type Basis, type WorkloadName, workloads } from "./workload-table.ts";

const containerRow = (workload: WorkloadName, container: string): ContainerRow => {
  const found = (workloads[workload] as WorkloadRow).containers[container];
  if (found === undefined) throw new Error(`third-party workload ${workload} has no container ${container}`);
  return found;
};

const resourcesOf = (from: ContainerRow, size: PlatformSize) => ({
  requests: { cpu: millicores(from.cpu[size]), memory: mebibytes(from.memory[size]) },
  limits: { memory: mebibytes(from.memoryLimit[size]) },
});

/** Requests and limits of one container, as a `resources` value. CPU has no limit: throttling a controller helps nobody. */
export function resources(inputs: PlatformInputs, workload: WorkloadName, container: string): HelmValues {
  const { requests, limits } = resourcesOf(containerRow(workload, container), inputs.size);
  return {
    requests: { cpu: cpuQuantity(requests.cpu), memory: bytesQuantity(requests.memory) },
    limits: { memory: bytesQuantity(limits.memory) },
  };
}

/** Replicas of a workload that is not bound to nodes. */
export function replicas(inputs: PlatformInputs, workload: WorkloadName): number {
  const rule = (workloads[workload] as WorkloadRow).replicas;
  if (typeof rule !== "function") throw new Error(`third-party workload ${workload} runs by ${rule}, not by replicas`);
  return rule(inputs);
}

/** One pod's requests, summed over its containers. `perNode` pods count once for each node they can run on. */
export interface PodFootprint {
  readonly chart: string;
  readonly workload: string;
  readonly replicas: number;
  readonly perNode: boolean;
  readonly cpu: Cpu;
  readonly memory: { readonly mebibytes: number };
  readonly bases: readonly Basis[];
}

/** What the given charts ask of the nodes; Jobs are left out because they end. */
export function footprint(inputs: PlatformInputs, charts: ReadonlySet<string>): readonly PodFootprint[] {
  return (Object.entries(workloads) as [WorkloadName, WorkloadRow][])
    .filter(([, { chart, replicas: rule }]) => charts.has(chart) && rule !== "job")
    .map(([workload, { chart, replicas: rule, containers }]) => {
      const rows = Object.values(containers);
      const sum = (read: (from: ContainerRow) => Sized): number =>
        rows.reduce((total, from) => total + read(from)[inputs.size], 0);
      return {
        chart,
        workload,
        replicas: typeof rule === "function" ? rule(inputs) : 1,
        perNode: rule === "node",
        cpu: millicores(sum(({ cpu }) => cpu)),
        memory: mebibytes(sum(({ memory }) => memory)),
        bases: [...new Set(rows.map(({ basis }) => basis))],
      };
    });
}
