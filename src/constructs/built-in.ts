import type { k8s } from "cdk8s-plus-28";
import type { Construct } from "constructs";
import { ManifestObject, type NamedMetadata } from "./manifest-object.ts";

/** Kubernetes' own kinds that are rendered here, with cdk8s-plus' types of them. */
interface BuiltInKinds {
  "v1/ConfigMap": k8s.KubeConfigMapProps;
  "v1/LimitRange": k8s.KubeLimitRangeProps;
  "v1/Namespace": k8s.KubeNamespaceProps;
  "v1/ResourceQuota": k8s.KubeResourceQuotaProps;
  "v1/Service": k8s.KubeServiceProps;
  "v1/ServiceAccount": k8s.KubeServiceAccountProps;
  "apps/v1/Deployment": k8s.KubeDeploymentProps;
  "autoscaling/v2/HorizontalPodAutoscaler": k8s.KubeHorizontalPodAutoscalerV2Props;
  "batch/v1/CronJob": k8s.KubeCronJobProps;
  "batch/v1/Job": k8s.KubeJobProps;
  "networking.k8s.io/v1/Ingress": k8s.KubeIngressProps;
  "networking.k8s.io/v1/NetworkPolicy": k8s.KubeNetworkPolicyProps;
  "policy/v1/PodDisruptionBudget": k8s.KubePodDisruptionBudgetProps;
  "rbac.authorization.k8s.io/v1/ClusterRole": k8s.KubeClusterRoleProps;
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": k8s.KubeClusterRoleBindingProps;
  "rbac.authorization.k8s.io/v1/Role": k8s.KubeRoleProps;
  "rbac.authorization.k8s.io/v1/RoleBinding": k8s.KubeRoleBindingProps;
  "scheduling.k8s.io/v1/PriorityClass": k8s.KubePriorityClassProps;
  "storage.k8s.io/v1/StorageClass": k8s.KubeStorageClassProps;
}

/** IntOrString and Quantity are classes around one `value`; other types that have one have more. */
type IsWrapper<T> = T extends { readonly value: unknown } ? (keyof T extends "value" ? true : false) : false;

/** Fields that jsii spells otherwise than Kubernetes does; a test compares the table with cdk8s-plus' own. */
export interface KubernetesSpelling {
  clientIp: "clientIP";
  clusterIp: "clusterIP";
  datasetUuid: "datasetUUID";
  diskUri: "diskURI";
  downwardApi: "downwardAPI";
  externalId: "externalID";
  hostIp: "hostIP";
  hostIpc: "hostIPC";
  hostPid: "hostPID";
  insecureSkipTlsVerify: "insecureSkipTLSVerify";
  loadBalancerIp: "loadBalancerIP";
  nodeId: "nodeID";
  nonResourceUrLs: "nonResourceURLs";
  pdId: "pdID";
  podCidr: "podCIDR";
  podCidRs: "podCIDRs";
  providerId: "providerID";
  scaleIo: "scaleIO";
  setHostnameAsFqdn: "setHostnameAsFQDN";
  storagePolicyId: "storagePolicyID";
  targetCpuUtilizationPercentage: "targetCPUUtilizationPercentage";
  targetWwNs: "targetWWNs";
  volumeId: "volumeID";
}

type Spelled<K> = K extends keyof KubernetesSpelling ? KubernetesSpelling[K] : K;

/** cdk8s-plus' types as they stand in YAML: wrapper classes unwrapped, fields as Kubernetes spells them. */
export type Plain<T> = T extends object
  ? IsWrapper<T> extends true
    ? number | string
    : T extends Date
      ? string
      : T extends readonly (infer E)[]
        ? readonly Plain<E>[]
        : { readonly [K in keyof T as Spelled<K>]: Plain<T[K]> | (undefined extends T[K] ? undefined : never) }
  : T;

export type PodSpec = Plain<k8s.PodSpec>;

/**
 * A resource of one of Kubernetes' own kinds, type-checked.
 * @example builtIn(this, "service", "v1/Service", { name: "tasks" }, { spec: { ports: [{ port: 8082 }] } })
 */
export function builtIn<K extends keyof BuiltInKinds>(
  scope: Construct,
  id: string,
  kind: K,
  metadata: NamedMetadata,
  body: Omit<Plain<BuiltInKinds[K]>, "metadata">,
): ManifestObject {
  const slash = kind.lastIndexOf("/");
  return new ManifestObject(scope, id, kind.slice(0, slash), kind.slice(slash + 1), metadata, body);
}
