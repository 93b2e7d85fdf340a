import { chartPins } from "#model/chart-pins";
import { helmSourceOf } from "./applications.ts";
import { at, fields, once } from "./read.ts";
import type { Rendering } from "./rule.ts";

/** What Dapr's chart tells its injector, and so every sidecar. */
export interface InjectorSettings {
  readonly image: string;
  readonly imagePullPolicy: string;
  /** Namespace of the control plane. */
  readonly namespace: string;
  readonly clusterDomain: string;
  readonly trustDomain: string;
  readonly runAsNonRoot: boolean;
  readonly readOnlyRootFilesystem: boolean;
  readonly dropAllCapabilities: boolean;
  readonly downwardApi: boolean;
  readonly nativeSidecar: boolean;
  readonly actors: boolean;
  readonly scheduler: boolean;
  readonly mtls: boolean;
}

/**
 * Reads the values of Dapr's chart; what they do not say has the default of `charts/dapr/values.yaml` and
 * `charts/dapr/charts/dapr_sidecar_injector/values.yaml` of github.com/dapr/dapr v1.18.3.
 */
export function injectorSettingsOf(values: unknown, namespace: string): InjectorSettings {
  const of = (path: readonly string[]): unknown => at(fields(values), ...path);
  const flag = (otherwise: boolean, ...path: readonly string[]): boolean => {
    const value = of(path);
    return typeof value === "boolean" ? value : otherwise;
  };
  const text = (otherwise: string, ...path: readonly string[]): string => {
    const value = of(path);
    return typeof value === "string" && value !== "" ? value : otherwise;
  };
  const injector = "dapr_sidecar_injector";
  const image = text("daprd", injector, "image", "name");
  const registry = text("ghcr.io/dapr", "global", "registry");
  return {
    image: image.includes("/") ? image : `${registry}/${image}:${text(chartPins.dapr.version, "global", "tag")}`,
    imagePullPolicy: text("IfNotPresent", injector, "sidecarImagePullPolicy"),
    namespace,
    clusterDomain: text("cluster.local", injector, "kubeClusterDomain"),
    trustDomain: text("cluster.local", "global", "mtls", "controlPlaneTrustDomain"),
    runAsNonRoot: flag(true, injector, "sidecarRunAsNonRoot"),
    readOnlyRootFilesystem: flag(true, injector, "sidecarReadOnlyRootFilesystem"),
    dropAllCapabilities: flag(false, injector, "sidecarDropALLCapabilities"),
    downwardApi: flag(false, injector, "enableK8sDownwardAPIs"),
    nativeSidecar: flag(false, injector, "nativeSidecar"),
    actors: flag(true, "global", "actors", "enabled"),
    scheduler: flag(true, "global", "scheduler", "enabled"),
    mtls: flag(true, "global", "mtls", "enabled"),
  };
}

/** The injector that this rendering installs; without one, what its chart would do by default. */
export const injectorSettings: (rendering: Rendering) => InjectorSettings = once((rendering) => {
  const dapr = helmSourceOf(rendering, "dapr");
  return injectorSettingsOf(dapr?.values, dapr?.namespace ?? "dapr-system");
});
