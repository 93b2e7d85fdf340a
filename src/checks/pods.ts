import { at, type Fields, fields, listAt, once, textMapAt } from "./read.ts";
import type { Rendering, Resource } from "./rule.ts";

/** The parts of a container that rules look at. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly hostPort?: number }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly startupProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  /** `Always`, on an init container: a native sidecar. */
  readonly restartPolicy?: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly [field: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly [field: string]: unknown;
}

/** A workload that we render ourselves, with the template of its pods. */
export interface Workload {
  readonly resource: Resource;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
}

const TEMPLATED = ["Deployment", "StatefulSet", "DaemonSet", "Job"] as const;

function fromTemplate(resource: Resource, template: unknown): Workload {
  const spec = fields(at(template, "spec"));
  return {
    resource,
    labels: textMapAt(template, "metadata", "labels"),
    annotations: textMapAt(template, "metadata", "annotations"),
    pod: { ...spec, containers: listAt(spec, "containers") as unknown as readonly Container[] },
  };
}

/** Deployments, StatefulSets, DaemonSets, Jobs and CronJobs. */
export const workloadsOf: (rendering: Rendering) => readonly Workload[] = once((rendering) => [
  ...TEMPLATED.flatMap((kind) =>
    rendering
      .ofKind(kind)
      .map((resource) => fromTemplate(resource, (resource.manifest.spec as Fields | undefined)?.template)),
  ),
  ...rendering
    .ofKind("CronJob")
    .map((resource) => fromTemplate(resource, at(resource.manifest.spec, "jobTemplate", "spec", "template"))),
]);

export const containersOf = ({ pod }: Pick<Workload, "pod">): readonly Container[] => [
  ...(pod.initContainers ?? []),
  ...pod.containers,
];

/** Its pods serve until they are told to stop, and are counted by replicas. */
export const isServing = ({ resource: { manifest } }: Workload): boolean =>
  manifest.kind === "Deployment" || manifest.kind === "StatefulSet";

export const isJob = ({ resource: { manifest } }: Workload): boolean =>
  manifest.kind === "Job" || manifest.kind === "CronJob";

/** The injector adds daprd to its pods. */
export const hasSidecar = ({ annotations }: Workload): boolean => annotations["dapr.io/enabled"] === "true";

/** Labels of a selector are all on the pod; expressions are not looked at. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Workloads of one namespace, by namespace. */
export const workloadsByNamespace: (rendering: Rendering) => ReadonlyMap<string, readonly Workload[]> = once(
  (rendering) => Map.groupBy(workloadsOf(rendering), ({ resource }) => resource.manifest.metadata.namespace ?? ""),
);
