import type { Rendering, Resource } from "./rule.ts";

/** The parts of a container that rules look at. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly startupProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
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

interface Template {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: PodSpec;
}

const fromTemplate = (resource: Resource, { metadata, spec }: Template): Workload => ({
  resource,
  labels: metadata?.labels ?? {},
  annotations: metadata?.annotations ?? {},
  pod: spec,
});

/** Deployments, StatefulSets, DaemonSets, Jobs and CronJobs. */
export function workloadsOf(rendering: Rendering): Workload[] {
  const templated = ["Deployment", "StatefulSet", "DaemonSet", "Job"].flatMap((kind) =>
    rendering
      .ofKind(kind)
      .map((resource) => fromTemplate(resource, (resource.manifest.spec as { template: Template }).template)),
  );
  const scheduled = rendering.ofKind("CronJob").map((resource) => {
    const { jobTemplate } = resource.manifest.spec as { jobTemplate: { spec: { template: Template } } };
    return fromTemplate(resource, jobTemplate.spec.template);
  });
  return [...templated, ...scheduled];
}

export const containersOf = ({ pod }: Workload): readonly Container[] => [
  ...(pod.initContainers ?? []),
  ...pod.containers,
];
