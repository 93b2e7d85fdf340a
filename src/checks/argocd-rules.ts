import type { HelmValues } from "#charts/third-party/helm-values";
import { readKnownValues, unknownKeys } from "#charts/third-party/known-keys";
import { groupOf, identity } from "#emit/document";
import { type ChartName, type ChartPin, chartPins } from "#model/chart-pins";
import { namespaces } from "#model/names";
import { applicationsByFolder, type HelmSource, helmSourcesOf, pathsOf, syncOptionsOf } from "./applications.ts";
import { fields, fieldsAt, listAt, textAt, textMapAt, textsAt } from "./read.ts";
import type { Rendering, Resource, Rule } from "./rule.ts";

const folderPath = (rendering: Rendering, folder: string): string => `gitops/${rendering.environment.name}/${folder}`;

const folders: Rule = {
  id: "application-folders",
  reason:
    "A folder that no Application applies is never deployed; an Application without documents never becomes healthy.",
  remedy: "Register the chart in charts/index.ts, or remove the Application",
  severity: "error",
  *check(rendering) {
    const owners = new Map<string, Resource[]>();
    for (const application of rendering.ofKind("Application")) {
      for (const path of pathsOf(application)) owners.set(path, [...(owners.get(path) ?? []), application]);
    }
    const rendered = new Set(rendering.resources.map(({ application }) => application));
    for (const folder of rendered) {
      const owning = owners.get(folderPath(rendering, folder)) ?? [];
      if (owning.length === 0) yield { problem: `no Application applies ${folderPath(rendering, folder)}` };
      if (owning.length > 1) {
        yield {
          resource: owning[1] as Resource,
          problem: `${owning.length} Applications apply ${folderPath(rendering, folder)}`,
        };
      }
    }
    for (const [path, [application]] of owners) {
      if (application && !rendered.has(path.slice(folderPath(rendering, "").length))) {
        yield { resource: application, problem: `there is nothing under ${path}` };
      }
    }
  },
};

const REQUIRED_OPTIONS = ["ServerSideApply=true"];

const synced: Rule = {
  id: "application-sync",
  reason:
    "What is in Git is what runs: changes by hand are undone, and a commit that touches nothing of it renders nothing.",
  remedy: "Use syncPolicy() and generatePaths() of charts/argocd/application.ts",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Application")) {
      const { spec, metadata } = resource.manifest;
      const automated = fieldsAt(spec, "syncPolicy", "automated");
      if (automated.selfHeal !== true) yield { resource, problem: "changes by hand stay" };
      if (automated.prune === undefined) yield { resource, problem: "it does not say whether it prunes" };
      const options = textsAt(spec, "syncPolicy", "syncOptions");
      for (const option of REQUIRED_OPTIONS) {
        if (!options.includes(option)) yield { resource, problem: `it syncs without ${option}` };
      }
      const watched =
        textMapAt(metadata, "annotations")["argocd.argoproj.io/manifest-generate-paths"]?.split(";") ?? [];
      if (watched.length === 0) yield { resource, problem: "it has no manifest-generate-paths" };
      for (const path of pathsOf(resource)) {
        if (!watched.includes(`/${path}`))
          yield { resource, problem: `a commit below ${path} does not render it again` };
      }
    }
  },
};

/** What holds data, or whose removal takes data along, with what Argo CD has to be told about it. */
const GUARDED: Readonly<Record<string, readonly string[]>> = {
  KafkaTopic: ["Prune=false"],
  PersistentVolumeClaim: ["Prune=false"],
  Namespace: ["Prune=confirm", "Delete=confirm"],
  Kafka: ["Prune=confirm", "Delete=confirm"],
  KafkaNodePool: ["Prune=confirm", "Delete=confirm"],
  Cluster: ["Prune=confirm", "Delete=confirm"],
};

const guarded: Rule = {
  id: "prune-guarded",
  reason: "What leaves the model is deleted by the next sync, and with it the data that it holds.",
  remedy: "Annotate it with syncOptions()",
  severity: "error",
  *check(rendering) {
    for (const [kind, options] of Object.entries(GUARDED)) {
      for (const resource of rendering.ofKind(kind)) {
        const given = syncOptionsOf(resource);
        for (const option of options) {
          const stricter = option.replace("confirm", "false");
          if (!given.includes(option) && !given.includes(stricter))
            yield { resource, problem: `it is not marked ${option}` };
        }
      }
    }
  },
};

interface Allowed {
  /** `<group>/<kind>`, either of them `*`; `null`: every kind. */
  readonly namespaced: ReadonlySet<string> | null;
  readonly clusterWide: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<unknown>;
  readonly repositories: ReadonlySet<string>;
}

const kindSet = (spec: unknown, list: string): ReadonlySet<string> =>
  new Set(listAt(spec, list).map(({ group, kind }) => `${String(group)}/${String(kind)}`));

/** Every namespaced kind is allowed where no list says otherwise, and no cluster-wide one. */
const allowedBy = ({ manifest: { spec } }: Resource): Allowed => ({
  namespaced:
    fields(spec).namespaceResourceWhitelist === undefined ? null : kindSet(spec, "namespaceResourceWhitelist"),
  clusterWide: kindSet(spec, "clusterResourceWhitelist"),
  namespaces: new Set(listAt(spec, "destinations").map(({ namespace }) => namespace)),
  repositories: new Set(textsAt(spec, "sourceRepos")),
});

const contains = (set: ReadonlySet<string>, group: string, kind: string): boolean =>
  [`${group}/${kind}`, `${group}/*`, `*/${kind}`, "*/*"].some((entry) => set.has(entry));

const inProject: Rule = {
  id: "project-allows",
  reason: "Argo CD refuses an Application whose project does not allow a kind, a namespace or a repository.",
  remedy: "Add it to the AppProject, or move the resource to a chart of the project that may have it",
  severity: "error",
  *check(rendering) {
    const projects = new Map(
      rendering.ofKind("AppProject").map((project) => [project.manifest.metadata.name, allowedBy(project)]),
    );
    const projectOf = (application: Resource | undefined): Allowed | undefined =>
      projects.get(textAt(application?.manifest.spec, "project") ?? "");
    const byFolder = applicationsByFolder(rendering);
    for (const resource of rendering.resources) {
      const project = projectOf(byFolder.get(resource.application));
      if (!project) continue;
      const { apiVersion, kind, metadata } = resource.manifest;
      const group = groupOf(apiVersion);
      const listed = metadata.namespace === undefined ? project.clusterWide : project.namespaced;
      if (listed && !contains(listed, group, kind)) {
        yield { resource, problem: `its project does not allow ${kind}${group && ` of ${group}`}` };
      }
      if (metadata.namespace && !project.namespaces.has(metadata.namespace) && !project.namespaces.has("*")) {
        yield { resource, problem: `its project may not touch the namespace ${metadata.namespace}` };
      }
    }
    for (const application of rendering.ofKind("Application")) {
      const { spec } = application.manifest;
      const project = projectOf(application);
      for (const source of [fieldsAt(spec, "source"), ...listAt(spec, "sources")]) {
        const { repoURL } = source;
        if (project && typeof repoURL === "string" && !project.repositories.has(repoURL)) {
          yield { resource: application, problem: `its project may not read ${repoURL}` };
        }
      }
    }
  },
};

const ownedOnce: Rule = {
  id: "resource-owned-once",
  reason: "Two Applications that own one resource overwrite each other, and deleting one deletes the other's.",
  remedy: "Render it in one chart only; a namespace of ours needs no CreateNamespace",
  severity: "error",
  *check(rendering) {
    const owners = new Map<string, Resource>();
    for (const resource of rendering.resources) {
      const key = identity(resource.manifest);
      const owner = owners.get(key);
      if (owner) yield { resource, problem: `it is also in ${owner.path}` };
      else owners.set(key, resource);
    }
    for (const { resource, namespace } of helmSourcesOf(rendering)) {
      const creates = textsAt(resource.manifest.spec, "syncPolicy", "syncOptions").includes("CreateNamespace=true");
      if (creates && owners.has(`Namespace ${namespace}`)) {
        yield { resource, problem: `it creates the namespace ${namespace}, which is rendered` };
      }
    }
  },
};

const pinOf = ({ chart }: HelmSource): ChartPin | undefined =>
  Object.hasOwn(chartPins, chart) ? chartPins[chart as ChartName] : undefined;

const pinned: Rule = {
  id: "chart-pinned",
  reason: "A chart at a range of versions changes production on a day of its own choosing.",
  remedy: "Use the exact version of src/model/chart-pins.ts",
  severity: "error",
  *check(rendering) {
    for (const source of helmSourcesOf(rendering)) {
      const { resource, chart, version, repository } = source;
      const pin = pinOf(source);
      if (!pin) yield { resource, problem: `the chart ${chart} has no pin` };
      else if (version !== pin.version)
        yield { resource, problem: `${chart} ${version} is not the pinned ${pin.version}` };
      else if (repository !== pin.repository.replace(/^oci:\/\//, "")) {
        yield { resource, problem: `${chart} comes from ${repository}` };
      }
    }
  },
};

const knownKeys = new Map<string, ReturnType<typeof readKnownValues>>();

function knownValues(chart: string) {
  const known = knownKeys.get(chart) ?? readKnownValues(chart);
  knownKeys.set(chart, known);
  return known;
}

const values: Rule = {
  id: "chart-values-known",
  reason: "Helm ignores a value that the chart does not have: a misspelt limit is no limit.",
  remedy: "Spell it as the chart's values.yaml does; charts/third-party/known-values says where it was seen",
  severity: "error",
  *check(rendering) {
    for (const source of helmSourcesOf(rendering)) {
      if (!pinOf(source)) continue;
      for (const key of unknownKeys(knownValues(source.chart), fields(source.values) as HelmValues)) {
        yield { resource: source.resource, problem: `the chart ${source.chart} has no value ${key}` };
      }
    }
  },
};

const home: Rule = {
  id: "application-home",
  reason: "Argo CD reads Applications and projects from its own namespace only.",
  remedy: `Render them into ${namespaces.argocd}`,
  severity: "error",
  *check(rendering) {
    for (const kind of ["Application", "AppProject"]) {
      for (const resource of rendering.ofKind(kind)) {
        const { namespace } = resource.manifest.metadata;
        if (namespace !== namespaces.argocd) yield { resource, problem: `it lies in ${namespace ?? "no namespace"}` };
      }
    }
  },
};

const hooks: Rule = {
  id: "job-is-hook",
  reason: "A Job cannot be changed: applied as a plain resource, the next image makes every sync fail.",
  remedy: "Annotate it with hook(), which has Argo CD replace it",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Job")) {
      const annotations = textMapAt(resource.manifest.metadata, "annotations");
      const replaced = annotations["argocd.argoproj.io/hook-delete-policy"]?.includes("BeforeHookCreation");
      if (!annotations["argocd.argoproj.io/hook"] || !replaced)
        yield { resource, problem: "it is no hook that is replaced" };
    }
  },
};

export const argocdRules: readonly Rule[] = [
  folders,
  synced,
  guarded,
  inProject,
  ownedOnce,
  pinned,
  values,
  home,
  hooks,
];
