import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncOptions, syncWave } from "#constructs/argocd-annotations";
import { builtIn } from "#constructs/built-in";
import { commonLabels } from "#constructs/labels";
import { namespacePoliciesOf, podSecurityLabels } from "#constructs/namespaces";
import { peakDemand } from "#model/capacity";
import { isProduction } from "#model/environment";
import { blockStorageClass, namespaces, peopleGroups, platformPriority, servicePriority } from "#model/names";
import { bytesQuantity, cpuQuantity } from "#model/quantities";
import { waves } from "#model/waves";

/** What must be there before anything runs: namespaces with their bounds, priorities, storage, and people's rights. */
export class NamespacesChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "namespaces",
      origin: `environments.${context.environment.name}`,
      wave: waves.namespaces,
      project: "platform",
    });
    this.#namespaces();
    this.#priorities();
    this.#storageClass();
    this.#quota();
    this.#defaults();
    this.#peoplesRights();
  }

  #namespaces(): void {
    for (const { name, level, reason } of namespacePoliciesOf(this.environment)) {
      builtIn(
        this,
        `namespace-${name}`,
        "v1/Namespace",
        {
          name,
          labels: { ...commonLabels(), ...podSecurityLabels(level) },
          annotations: {
            ...syncOptions({ prune: "confirm", delete: "confirm" }),
            ...syncWave(waves.namespaces),
            ...(reason ? { "todo.dev/pod-security": reason } : {}),
          },
        },
        {},
      );
    }
  }

  #priorities(): void {
    for (const [name, value, description] of [
      [platformPriority, 1_000_000, "Brokers, databases, sidecars' control plane: services cannot work without them"],
      [servicePriority, 100_000, "The product's services"],
    ] as const) {
      builtIn(
        this,
        name,
        "scheduling.k8s.io/v1/PriorityClass",
        { name, annotations: syncWave(waves.namespaces) },
        { value, description, globalDefault: false },
      );
    }
  }

  #storageClass(): void {
    const { provisioner, parameters, bindingMode } = this.environment.provider.storage;
    builtIn(
      this,
      "storage",
      "storage.k8s.io/v1/StorageClass",
      { name: blockStorageClass, annotations: syncWave(waves.namespaces) },
      {
        provisioner,
        ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
        volumeBindingMode: bindingMode,
        // In production a volume outlives the claim that a mistake deleted.
        reclaimPolicy: isProduction(this.environment) ? "Retain" : "Delete",
        allowVolumeExpansion: true,
      },
    );
  }

  /** As much as all services at their most replicas need; ephemeral storage is bounded per container instead. */
  #quota(): void {
    const { pods, cpuRequests, memoryRequests, memoryLimits } = peakDemand(this.model, this.environment);
    builtIn(
      this,
      "quota",
      "v1/ResourceQuota",
      { name: "services", namespace: namespaces.apps },
      {
        spec: {
          hard: {
            pods: String(pods),
            "requests.cpu": cpuQuantity(cpuRequests),
            "requests.memory": bytesQuantity(memoryRequests),
            "limits.memory": bytesQuantity(memoryLimits),
            "services.loadbalancers": "0",
            "services.nodeports": "0",
          },
        },
      },
    );
  }

  /** The injector has no annotation for the sidecar's ephemeral storage. */
  #defaults(): void {
    builtIn(
      this,
      "defaults",
      "v1/LimitRange",
      { name: "defaults", namespace: namespaces.apps },
      {
        spec: {
          limits: [
            {
              type: "Container",
              defaultRequest: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
              default: { memory: "256Mi", "ephemeral-storage": "256Mi" },
            },
          ],
        },
      },
    );
  }

  /** People are bound by group; Argo CD writes, people read, and on-call may end a pod that hangs. */
  #peoplesRights(): void {
    for (const namespace of [namespaces.apps, namespaces.infra]) {
      this.#bind(namespace, "viewer", peopleGroups.viewers, "view");
      this.#bind(namespace, "on-call-viewer", peopleGroups.onCall, "view");
    }
    builtIn(
      this,
      "on-call-role",
      "rbac.authorization.k8s.io/v1/Role",
      { name: "on-call", namespace: namespaces.apps },
      {
        rules: [
          { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
          { apiGroups: ["batch"], resources: ["jobs"], verbs: ["delete"] },
        ],
      },
    );
    this.#bind(namespaces.apps, "on-call", peopleGroups.onCall, "on-call", "Role");
  }

  #bind(
    namespace: string,
    name: string,
    group: string,
    role: string,
    kind: "ClusterRole" | "Role" = "ClusterRole",
  ): void {
    builtIn(
      this,
      `${namespace}-${name}`,
      "rbac.authorization.k8s.io/v1/RoleBinding",
      { name, namespace },
      {
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: role },
        subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: group }],
      },
    );
  }
}
