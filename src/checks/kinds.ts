/** The kinds that may be rendered: their group, versions and scope. */

import { groupOf, type Manifest } from "#emit/document";
import { kinds as custom } from "#imports/kinds";

export interface KnownKind {
  readonly scope: "Namespaced" | "Cluster";
  /** Versions that the API servers of 1.34 to 1.36 serve and do not call deprecated. */
  readonly versions: readonly string[];
}

/** Kubernetes' own kinds that a GitOps repository has a use for, by group. */
const builtIn: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "v1 Namespaced": {
    "": [
      "ConfigMap",
      "LimitRange",
      "PersistentVolumeClaim",
      "Pod",
      "ResourceQuota",
      "Secret",
      "Service",
      "ServiceAccount",
    ],
    apps: ["DaemonSet", "Deployment", "StatefulSet"],
    batch: ["CronJob", "Job"],
    "networking.k8s.io": ["Ingress", "NetworkPolicy"],
    policy: ["PodDisruptionBudget"],
    "rbac.authorization.k8s.io": ["Role", "RoleBinding"],
  },
  "v2 Namespaced": { autoscaling: ["HorizontalPodAutoscaler"] },
  "v1 Cluster": {
    "": ["Namespace", "PersistentVolume"],
    "admissionregistration.k8s.io": [
      "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
      "ValidatingWebhookConfiguration",
    ],
    "apiextensions.k8s.io": ["CustomResourceDefinition"],
    "networking.k8s.io": ["IngressClass"],
    "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
    "scheduling.k8s.io": ["PriorityClass"],
    "storage.k8s.io": ["StorageClass", "VolumeSnapshotClass"],
  },
};

const known: ReadonlyMap<string, KnownKind> = new Map([
  ...Object.entries(builtIn).flatMap(([what, groups]) => {
    const [version = "", scope] = what.split(" ");
    return Object.entries(groups).flatMap(([group, names]) =>
      names.map((name) => [`${group}/${name}`, { scope: scope as KnownKind["scope"], versions: [version] }] as const),
    );
  }),
  ...Object.values(custom).map(
    ({ group, kind, version, scope }) => [`${group}/${kind}`, { scope, versions: [version] }] as const,
  ),
]);

/** `undefined` for a kind that neither Kubernetes nor a CRD of ours has. */
export const kindOf = ({ apiVersion, kind }: Pick<Manifest, "apiVersion" | "kind">): KnownKind | undefined =>
  known.get(`${groupOf(apiVersion)}/${kind}`);

export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf("/") + 1);
