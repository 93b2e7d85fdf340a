/** How many pods of a workload run, and who decides it. */
import { isJob, type Workload } from "./pods.ts";
import { numberAt, once, textAt } from "./read.ts";
import type { Rendering, Resource } from "./rule.ts";

export interface Autoscaler {
  readonly resource: Resource;
  /** `namespace/Kind/name` of what it scales. */
  readonly target: string;
  readonly min: number;
  readonly max: number;
}

function autoscaler(resource: Resource, min: string, max: string, otherwise: { min: number; max: number }): Autoscaler {
  const { spec, metadata } = resource.manifest;
  const kind = textAt(spec, "scaleTargetRef", "kind") ?? "Deployment";
  return {
    resource,
    target: `${metadata.namespace ?? ""}/${kind}/${textAt(spec, "scaleTargetRef", "name")}`,
    min: numberAt(spec, min) ?? otherwise.min,
    max: numberAt(spec, max) ?? otherwise.max,
  };
}

/** HPAs and ScaledObjects; what they leave out has their API's default. */
export const autoscalersOf: (rendering: Rendering) => readonly Autoscaler[] = once((rendering) => [
  ...rendering
    .ofKind("HorizontalPodAutoscaler")
    .map((resource) => autoscaler(resource, "minReplicas", "maxReplicas", { min: 1, max: Number.NaN })),
  ...rendering
    .ofKind("ScaledObject")
    .map((resource) => autoscaler(resource, "minReplicaCount", "maxReplicaCount", { min: 0, max: 100 })),
]);

const byTarget: (rendering: Rendering) => ReadonlyMap<string, Autoscaler> = once(
  (rendering) => new Map(autoscalersOf(rendering).map((each) => [each.target, each])),
);

function replicas(rendering: Rendering, { resource: { manifest } }: Workload, bound: "min" | "max"): number {
  const { kind, metadata, spec } = manifest;
  const owner = byTarget(rendering).get(`${metadata.namespace ?? ""}/${kind}/${metadata.name}`);
  return owner ? owner[bound] : (numberAt(spec, "replicas") ?? 1);
}

export const leastReplicas = (rendering: Rendering, workload: Workload): number =>
  isJob(workload) ? 0 : replicas(rendering, workload, "min");

export const mostReplicas = (rendering: Rendering, workload: Workload): number =>
  isJob(workload)
    ? (numberAt(workload.resource.manifest.spec, "parallelism") ?? 1)
    : replicas(rendering, workload, "max");
