/** Argo CD Applications: one a folder of YAML, one a third-party chart. */
import { Construct } from "constructs";
import type { ThirdPartyApplication } from "#charts/third-party/index";
import { type ApplicationChart, setOrigin } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { commonLabels } from "#constructs/labels";
import type { ApplicationSpec, ApplicationSpecIgnoreDifferences, ApplicationSpecSource } from "#imports/argoproj.io";
import type { ChartName } from "#model/chart-pins";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import { subscriptions } from "./notifications.ts";

/** The cluster that Argo CD itself runs in. */
export const CLUSTER = "https://kubernetes.default.svc";

export const projectName = (environment: Environment, project: "platform" | "todo" | "root"): string =>
  `${project}-${environment.name}`;

/** Folder of an Application in the repository. */
export const folderOf = (environment: Environment, application: string): string =>
  `gitops/${environment.name}/${application}`;

/** Argo CD renders an Application again only when a commit touched one of these folders. */
export const generatePaths = (...folders: readonly string[]): Record<string, string> => ({
  "argocd.argoproj.io/manifest-generate-paths": folders.map((folder) => `/${folder}`).join(";"),
});

export const gitSource = (environment: Environment, application: string): ApplicationSpecSource => ({
  repoURL: environment.repository.url,
  targetRevision: environment.repository.revision,
  path: folderOf(environment, application),
  directory: { recurse: true },
});

interface SyncPolicyProps {
  /** @default true */
  readonly prune?: boolean;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly ignoresDifferences?: boolean;
}

/** What is in git is in the cluster, within minutes and again after somebody changed it by hand. */
export const syncPolicy = ({ prune = true, namespaceLabels, ignoresDifferences }: SyncPolicyProps = {}) => ({
  automated: { prune, selfHeal: true },
  // A commit that mends a failing sync is taken up by the next attempt, not after the last.
  retry: { limit: 10, refresh: true, backoff: { duration: "10s", factor: 2, maxDuration: "5m" } },
  ...(namespaceLabels ? { managedNamespaceMetadata: { labels: { ...namespaceLabels } } } : {}),
  syncOptions: [
    "ServerSideApply=true",
    "PruneLast=true",
    "ApplyOutOfSyncOnly=true",
    ...(namespaceLabels ? ["CreateNamespace=true"] : []),
    ...(ignoresDifferences ? ["RespectIgnoreDifferences=true"] : []),
  ],
});

/** Fields that software changes after Argo CD applied them: without an entry both would write in turn for ever. */
const ignored: Readonly<Partial<Record<ChartName, ApplicationSpecIgnoreDifferences[]>>> = {
  dapr: [
    {
      // The chart carries a placeholder; Dapr's operator writes its own namespace (pkg/operator/operator.go).
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
      name: "subscriptions.dapr.io",
      jsonPointers: ["/spec/conversion/webhook/clientConfig/service/namespace"],
    },
  ],
};

/** Argo CD's notation: a registry has no scheme. */
export const helmRepository = (repository: string): string => repository.replace(/^oci:\/\//, "");

interface NewApplication {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Entry of the model that it comes from. @default the scope's */
  readonly origin?: string;
  /** Deleting the Application deletes what it made. */
  readonly cascades?: boolean;
  readonly spec: ApplicationSpec;
}

export function addApplication(scope: Construct, { name, annotations, origin, cascades, spec }: NewApplication): void {
  const node = new Construct(scope, name);
  if (origin) setOrigin(node, origin);
  customResource(
    node,
    "application",
    "argoproj.io/Application",
    {
      name,
      namespace: namespaces.argocd,
      labels: commonLabels(),
      annotations: { ...annotations },
      ...(cascades ? { finalizers: ["resources-finalizer.argocd.argoproj.io/foreground"] } : {}),
    },
    { spec },
  );
}

/** Namespace that an Application names although each of its resources names its own, or has none. */
const destinationOf = ({ application }: ApplicationChart): string => application.namespace ?? namespaces.argocd;

export function addChartApplication(scope: Construct, chart: ApplicationChart): void {
  const { environment } = chart;
  const { application: name, origin, wave, project, prune = true } = chart.application;
  const ofProduct = project === "todo";
  addApplication(scope, {
    name,
    annotations: {
      ...syncWave(wave),
      ...generatePaths(folderOf(environment, name)),
      ...subscriptions(ofProduct ? ["deployed", "health-degraded", "sync-failed"] : ["health-degraded", "sync-failed"]),
    },
    origin,
    // A service that leaves the model takes its pods with it; topics, claims and the platform wait for a person.
    cascades: ofProduct && prune,
    spec: {
      project: projectName(environment, project),
      source: gitSource(environment, name),
      destination: { server: CLUSTER, namespace: destinationOf(chart) },
      syncPolicy: syncPolicy({ prune }),
      revisionHistoryLimit: 10,
    },
  });
}

export function addThirdPartyApplication(
  scope: Construct,
  environment: Environment,
  { name, pin, releaseName, namespace, namespaceLabels, wave, values, why }: ThirdPartyApplication,
): void {
  const ignoreDifferences = ignored[name];
  addApplication(scope, {
    name,
    // Its values stand in the Application itself, so the folder of the Applications is what changes it.
    annotations: { ...syncWave(wave), ...generatePaths(folderOf(environment, "applications")), "todo.dev/why": why },
    spec: {
      project: projectName(environment, "platform"),
      source: {
        repoURL: helmRepository(pin.repository),
        chart: name,
        targetRevision: pin.version,
        helm: { releaseName, valuesObject: values },
      },
      destination: { server: CLUSTER, namespace },
      syncPolicy: syncPolicy({
        ...(namespaceLabels ? { namespaceLabels } : {}),
        ...(ignoreDifferences ? { ignoresDifferences: true } : {}),
      }),
      ...(ignoreDifferences ? { ignoreDifferences } : {}),
      revisionHistoryLimit: 3,
    },
  });
}
