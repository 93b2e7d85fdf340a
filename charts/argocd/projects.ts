/** AppProjects: what an environment's Applications may read, and what they may make where. */
import { ApiObject } from "cdk8s";
import type { Construct } from "constructs";
import type { ThirdPartyApplication } from "#charts/third-party/index";
import type { ApplicationChart } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { commonLabels } from "#constructs/labels";
import type { AppProjectSpec } from "#imports/argoproj.io";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";
import { CLUSTER, helmRepository, projectName } from "./application.ts";

interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

interface Made {
  readonly kinds: readonly GroupKind[];
  readonly clusterKinds: readonly GroupKind[];
  readonly namespaces: readonly string[];
}

const key = ({ group, kind }: GroupKind): string => `${group}/${kind}`;

function distinct(kinds: readonly GroupKind[]): GroupKind[] {
  const byKey = new Map(kinds.map(({ group, kind }) => [key({ group, kind }), { group, kind }]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** What these charts render: the whitelist of the project that renders it. */
export function madeBy(charts: readonly ApplicationChart[]): Made {
  const objects = charts.flatMap((chart) => chart.node.findAll().filter((node) => ApiObject.isApiObject(node)));
  const namespaced = objects.filter(({ metadata }) => metadata.namespace !== undefined);
  const groupKind = ({ apiGroup, kind }: ApiObject): GroupKind => ({
    group: apiGroup === "core" ? "" : apiGroup,
    kind,
  });
  return {
    kinds: distinct(namespaced.map(groupKind)),
    clusterKinds: distinct(objects.filter(({ metadata }) => metadata.namespace === undefined).map(groupKind)),
    namespaces: sorted(namespaced.flatMap(({ metadata }) => metadata.namespace ?? [])),
  };
}

/** Cluster-wide kinds that Helm charts of operators bring; anything else stops their sync and is reviewed here. */
const kindsOfCharts: readonly GroupKind[] = [
  { group: "", kind: "Namespace" },
  { group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration" },
  { group: "admissionregistration.k8s.io", kind: "ValidatingAdmissionPolicy" },
  { group: "admissionregistration.k8s.io", kind: "ValidatingAdmissionPolicyBinding" },
  { group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration" },
  { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" },
  { group: "apiregistration.k8s.io", kind: "APIService" },
  { group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
  { group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding" },
];

/** Calico is installed by a resource of its own kind, which its chart renders. */
const kindsOfCalico: readonly GroupKind[] = [{ group: "operator.tigera.io", kind: "Installation" }];

/** Readers of the API server's authentication, and Services of what only runs there: metrics-server, KEDA, Prometheus. */
const NAMESPACES_OF_CHARTS = ["kube-system"];

const destinations = (names: readonly string[]) => names.map((namespace) => ({ server: CLUSTER, namespace }));

export const productProject = (environment: Environment, charts: readonly ApplicationChart[]): AppProjectSpec => {
  const { kinds, clusterKinds, namespaces: used } = madeBy(charts);
  if (clusterKinds.length > 0) {
    const names = clusterKinds.map(({ kind }) => kind).join(", ");
    throw new TypeError(`charts of the project todo make cluster-wide kinds: ${names}. Move them to a platform chart`);
  }
  return {
    description: `The product in ${environment.name}: what its own charts render, in its own namespaces`,
    sourceRepos: [environment.repository.url],
    destinations: destinations(used),
    // An empty list allows no cluster-wide kind at all.
    clusterResourceWhitelist: [],
    namespaceResourceWhitelist: [...kinds],
  };
};

export function platformProject(
  environment: Environment,
  charts: readonly ApplicationChart[],
  thirdParty: readonly ThirdPartyApplication[],
): AppProjectSpec {
  const { clusterKinds, namespaces: used } = madeBy(charts);
  const fromCharts = thirdParty.some(({ name }) => name === "tigera-operator") ? kindsOfCalico : [];
  return {
    description: `What the product runs on in ${environment.name}: operators, stores, policies, the public edge`,
    sourceRepos: sorted([environment.repository.url, ...thirdParty.map(({ pin }) => helmRepository(pin.repository))]),
    destinations: destinations(
      sorted([
        ...used,
        ...thirdParty.map(({ namespace }) => namespace),
        // Node exporters run beside Falco, where the host may be seen.
        namespaces.falco,
        namespaces.argocd,
        ...NAMESPACES_OF_CHARTS,
      ]),
    ),
    clusterResourceWhitelist: distinct([...kindsOfCharts, ...fromCharts, ...clusterKinds]),
  };
}

/** The project of the Application of Applications: it makes these two kinds in one namespace and nothing else. */
export const rootProject = (environment: Environment): AppProjectSpec => ({
  description: `Makes the Applications and AppProjects of ${environment.name}`,
  sourceRepos: [environment.repository.url],
  destinations: destinations([namespaces.argocd]),
  clusterResourceWhitelist: [],
  namespaceResourceWhitelist: [
    { group: "argoproj.io", kind: "AppProject" },
    { group: "argoproj.io", kind: "Application" },
  ],
});

export function addProject(
  scope: Construct,
  environment: Environment,
  project: "platform" | "todo" | "root",
  spec: AppProjectSpec,
): void {
  const name = projectName(environment, project);
  // Before every Application: one whose project is missing is refused.
  const metadata = {
    name,
    namespace: namespaces.argocd,
    labels: commonLabels(),
    annotations: syncWave(waves.crds - 1),
  };
  customResource(scope, name, "argoproj.io/AppProject", metadata, { spec });
}
