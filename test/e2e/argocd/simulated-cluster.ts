/**
 * Stands in for everything that makes a real cluster ready: nodes, operators, clouds, and the third-party charts, which Argo
 * CD would fetch from their registries. It only ever says "ready"; what is applied, in which order and when is Argo CD's.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "#test/engines/api-server";
import { type KubernetesApi, type KubernetesObject, kubernetesApi } from "./kubernetes-api.ts";

type StatusOf = (object: KubernetesObject) => object;

const condition = (type: string, { metadata }: KubernetesObject) => ({
  type,
  status: "True",
  reason: "Simulated",
  message: "simulated by the test",
  lastTransitionTime: new Date().toISOString(),
  ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
});

const conditions =
  (...types: readonly string[]): StatusOf =>
  (object) => ({ conditions: types.map((type) => condition(type, object)) });

/** Strimzi's operators say in the status itself which generation they have seen. */
const strimzi: StatusOf = (object) => ({
  observedGeneration: object.metadata.generation,
  ...conditions("Ready")(object),
});

const deployment: StatusOf = (object) => {
  const { replicas = 1 } = object.spec as { readonly replicas?: number };
  return {
    observedGeneration: object.metadata.generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: ["Available", "Progressing"].map((type) => {
      const { observedGeneration: _, ...rest } = condition(type, object);
      return rest;
    }),
  };
};

const job: StatusOf = () => {
  const now = new Date().toISOString();
  return {
    startTime: now,
    completionTime: now,
    succeeded: 1,
    conditions: ["SuccessCriteriaMet", "Complete"].map((type) => ({ type, status: "True", lastTransitionTime: now })),
  };
};

const route: StatusOf = (object) => {
  const { parentRefs } = object.spec as { readonly parentRefs: readonly object[] };
  const accepted = conditions("Accepted", "ResolvedRefs")(object);
  const controllerName = "gateway.envoyproxy.io/gatewayclass-controller";
  return { parents: parentRefs.map((parentRef) => ({ parentRef, controllerName, ...accepted })) };
};

/** Everything that Argo CD waits for, by its path in the API. */
const kinds: Readonly<Record<string, StatusOf>> = {
  "/apis/apps/v1/deployments": deployment,
  "/apis/batch/v1/jobs": job,
  "/apis/cert-manager.io/v1/certificates": conditions("Ready"),
  "/apis/cert-manager.io/v1/clusterissuers": conditions("Ready"),
  "/apis/external-secrets.io/v1/clustersecretstores": conditions("Ready"),
  "/apis/external-secrets.io/v1/externalsecrets": conditions("Ready"),
  "/apis/gateway.networking.k8s.io/v1/gatewayclasses": conditions("Accepted"),
  "/apis/gateway.networking.k8s.io/v1/gateways": conditions("Accepted", "Programmed"),
  "/apis/gateway.networking.k8s.io/v1/httproutes": route,
  "/apis/kafka.strimzi.io/v1/kafkas": strimzi,
  "/apis/kafka.strimzi.io/v1/kafkanodepools": (pool) => ({ ...strimzi(pool), nodeIds: [0] }),
  "/apis/kafka.strimzi.io/v1/kafkatopics": strimzi,
  "/apis/kafka.strimzi.io/v1/kafkausers": strimzi,
  "/apis/postgresql.cnpg.io/v1/clusters": (cluster) => ({
    phase: "Cluster in healthy state",
    ...conditions("Ready")(cluster),
  }),
};

const applications = "/apis/argoproj.io/v1alpha1/applications";
const skipReconcile = "argocd.argoproj.io/skip-reconcile";
const isOfChart = "has(object.spec.source) && has(object.spec.source.chart)";

/** Makes Argo CD leave an Application of a chart alone from its first moment. */
const chartPolicy = [
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name: "charts-cannot-be-fetched" },
    spec: {
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ["argoproj.io"],
            apiVersions: ["*"],
            operations: ["CREATE", "UPDATE"],
            resources: ["applications"],
          },
        ],
      },
      matchConditions: [{ name: "of-a-chart", expression: isOfChart }],
      mutations: [
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: {
            expression: `Object{metadata: Object.metadata{annotations: {"${skipReconcile}": "true"}}}`,
          },
        },
      ],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name: "charts-cannot-be-fetched" },
    spec: { policyName: "charts-cannot-be-fetched" },
  },
];

export interface SimulatedCluster {
  /** What went wrong in it; must stay empty. */
  readonly problems: readonly string[];
  stop(): void;
}

export async function simulateCluster(server: ApiServer): Promise<SimulatedCluster> {
  await leaveChartsAlone(server);
  const api = kubernetesApi(server);
  const problems: string[] = [];
  const seen = (work: Promise<void>) => void work.catch((error: Error) => problems.push(error.message));
  for (const [path, statusOf] of Object.entries(kinds)) {
    const ready = new Map<string, number | undefined>();
    api.watch(path, (object) => {
      const { uid, generation, deletionTimestamp } = object.metadata;
      if (deletionTimestamp !== undefined) seen(collect(api, path, object));
      else if (!ready.has(uid) || ready.get(uid) !== generation) {
        ready.set(uid, generation);
        seen(api.merge(`${pathOf(path, object)}/status`, { status: statusOf(object) }));
      }
    });
  }
  const installed = new Set<string>();
  api.watch(applications, (object) => {
    const { source } = object.spec as { readonly source?: { readonly chart?: string } };
    if (source?.chart === undefined || installed.has(object.metadata.uid)) return;
    installed.add(object.metadata.uid);
    const status = { sync: { status: "Synced" }, health: { status: "Healthy" } };
    seen(api.merge(pathOf(applications, object), { status }));
  });
  return { problems, stop: () => api.close() };
}

/** `/apis/apps/v1/deployments` and an object make `/apis/apps/v1/namespaces/<namespace>/deployments/<name>`. */
function pathOf(path: string, { metadata: { name, namespace } }: KubernetesObject): string {
  const at = path.lastIndexOf("/");
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `${path.slice(0, at)}${scope}${path.slice(at)}/${name}`;
}

/** The garbage collector's part in a deletion that waits for dependents: nothing here has any. */
async function collect(api: KubernetesApi, path: string, object: KubernetesObject): Promise<void> {
  const { finalizers = [] } = object.metadata;
  if (!finalizers.includes("foregroundDeletion")) return;
  const others = finalizers.filter((finalizer) => finalizer !== "foregroundDeletion");
  await api.merge(pathOf(path, object), { metadata: { finalizers: others } });
}

/** A policy takes a moment to come into force: until a dry run shows it. */
async function leaveChartsAlone({ kubectl }: ApiServer): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: chartPolicy });
  const applied = await kubectl(["apply", "--server-side", "--filename", "-"], list);
  if (applied.code !== 0) throw new Error(applied.stderr);
  const probe = JSON.stringify({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "probe", namespace: "argocd" },
    spec: {
      project: "default",
      source: { repoURL: "registry.example.com/charts", chart: "probe", targetRevision: "1.0.0" },
      destination: { server: "https://kubernetes.default.svc", namespace: "default" },
    },
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    const dryRun = await kubectl(["create", "--dry-run=server", "--output=json", "--filename", "-"], probe);
    if (dryRun.stdout.includes(skipReconcile)) return;
    await sleep(200);
  }
  throw new Error("the admission policy did not come into force");
}
