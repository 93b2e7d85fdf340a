import { type InjectedPod, injectSidecar } from "./injected-sidecar.ts";
import { injectorSettings } from "./injector-settings.ts";
import { type Workload, workloadsOf } from "./pods.ts";
import { once } from "./read.ts";
import type { Rendering } from "./rule.ts";

export interface InjectedWorkload {
  readonly workload: Workload;
  /** The pod as the API server admits it. */
  readonly pod: InjectedPod;
}

/** Every workload that we render with its pod as it will run: with daprd where it asks for one. */
export const injectedWorkloadsOf: (rendering: Rendering) => readonly InjectedWorkload[] = once((rendering) => {
  const settings = injectorSettings(rendering);
  return workloadsOf(rendering).map((workload) => {
    const { resource, labels, annotations, pod: spec } = workload;
    const namespace = resource.manifest.metadata.namespace ?? "";
    return { workload, pod: injectSidecar({ namespace, labels, annotations, spec }, settings) };
  });
});
