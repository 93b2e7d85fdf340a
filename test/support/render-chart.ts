import { App } from "cdk8s";
import type { ApplicationChart, RenderContext } from "#constructs/application-chart";
import type { Manifest } from "#emit/document";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { todo } from "#system";

export const contextOf = (
  environment: Environment = environments.dev,
  changes: Partial<RenderContext> = {},
): RenderContext => ({
  model: todo,
  environment,
  images: {},
  ...changes,
});

/** Builds one chart and reads its resources back, by `Kind name`. */
export function renderChart(make: (app: App) => ApplicationChart): Map<string, Manifest> {
  const manifests = make(new App()).toJson() as Manifest[];
  return new Map(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]));
}

/** A value deep in a manifest, e.g. `spec.template.spec.containers.0.image`; fails where the path ends early. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null || !(key in inner))
      throw new Error(`nothing at "${key}" of ${path}`);
    return (inner as Record<string, unknown>)[key];
  }, value);
}
