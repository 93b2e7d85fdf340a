/** Argo CD's Applications as rules read them. */
import { at, fieldsAt, listAt, once, textAt, textMapAt } from "./read.ts";
import type { Rendering, Resource } from "./rule.ts";

export const WAVE = "argocd.argoproj.io/sync-wave";

/** A Helm chart that an Application installs. */
export interface HelmSource {
  readonly resource: Resource;
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly values: unknown;
  /** Where the release goes. */
  readonly namespace: string;
}

const sourcesOf = ({ manifest }: Resource) => {
  const one = at(manifest.spec, "source");
  return one === undefined ? listAt(manifest.spec, "sources") : [fieldsAt(manifest.spec, "source")];
};

/** Paths in the repository that an Application applies. */
export const pathsOf = (application: Resource): string[] =>
  sourcesOf(application).flatMap((source) => (typeof source.path === "string" ? [source.path] : []));

export const helmSourcesOf: (rendering: Rendering) => readonly HelmSource[] = once((rendering) =>
  rendering.ofKind("Application").flatMap((resource) =>
    sourcesOf(resource).flatMap((source) =>
      typeof source.chart === "string"
        ? [
            {
              resource,
              // An OCI repository is written without its scheme, and may end with the chart's name.
              chart: source.chart.split("/").at(-1) ?? source.chart,
              repository: textAt(source, "repoURL") ?? "",
              version: textAt(source, "targetRevision") ?? "",
              values: at(source, "helm", "valuesObject"),
              namespace: textAt(resource.manifest.spec, "destination", "namespace") ?? "",
            },
          ]
        : [],
    ),
  ),
);

export const helmSourceOf = (rendering: Rendering, chart: string): HelmSource | undefined =>
  helmSourcesOf(rendering).find((source) => source.chart === chart);

const annotationWave = ({ manifest }: Resource): number => {
  const text = textMapAt(manifest.metadata, "annotations")[WAVE];
  return text === undefined ? 0 : Number(text);
};

/** When a resource is applied: the wave of its Application, then its own within it. */
export interface WaveOf {
  readonly application: number;
  readonly own: number;
}

/** The Application that applies a folder of ours, by the folder's name. */
export const applicationsByFolder: (rendering: Rendering) => ReadonlyMap<string, Resource> = once((rendering) => {
  const byFolder = new Map<string, Resource>();
  for (const application of rendering.ofKind("Application")) {
    for (const path of pathsOf(application)) byFolder.set(path.split("/").at(-1) ?? path, application);
  }
  return byFolder;
});

export function waveOf(rendering: Rendering, resource: Resource): WaveOf {
  const application = applicationsByFolder(rendering).get(resource.application);
  return { application: application ? annotationWave(application) : 0, own: annotationWave(resource) };
}

/** Sync options of a resource, e.g. `Prune=false`. */
export const syncOptionsOf = ({ manifest }: Resource): readonly string[] =>
  (textMapAt(manifest.metadata, "annotations")["argocd.argoproj.io/sync-options"] ?? "")
    .split(",")
    .map((option) => option.trim())
    .filter((option) => option !== "");
