/** The only place where recommended labels are spelt. https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
import type { Environment } from "#model/environment";
import { kafkaCluster } from "#model/names";
import type { PoolName } from "#model/size";

const NAME = "app.kubernetes.io/name";
const PART_OF = "app.kubernetes.io/part-of";
const COMPONENT = "app.kubernetes.io/component";
const MANAGED_BY = "app.kubernetes.io/managed-by";

export type Labels = Record<string, string>;

/** Labels of everything that belongs to one of our workloads. */
export const workloadLabels = (name: string, component: string): Labels => ({
  [NAME]: name,
  [PART_OF]: "todo",
  [COMPONENT]: component,
});

/** Labels of everything we render that is no workload. */
export const commonLabels = (): Labels => ({ [PART_OF]: "todo", [MANAGED_BY]: "argocd" });

/** What selects the pods of one of our workloads, and never changes. */
export const selectorLabels = (name: string): Labels => ({ [NAME]: name });

/** Pods that Helm charts label the recommended way. */
export const chartSelector = (name: string, component?: string): Labels =>
  component ? { [NAME]: name, [COMPONENT]: component } : { [NAME]: name };

/** All our workloads of one component, e.g. every service's migration Job. */
export const componentSelector = (component: string): Labels => ({ [PART_OF]: "todo", [COMPONENT]: component });

/** Requirement of a selector: pods of any of these workloads of ours. */
export const namedAnyOf = (names: readonly string[]) => ({ key: NAME, operator: "In", values: [...names] });

/** Set by Kubernetes on every namespace. */
export const namespaceSelector = (namespace: string): Labels => ({ "kubernetes.io/metadata.name": namespace });

export const HOSTNAME_KEY = "kubernetes.io/hostname";

/** Label and taint of node pools. */
export const POOL_KEY = "todo.dev/pool";

/** Where pods of a pool run: nowhere in particular on a single node. */
export const poolPlacement = (environment: Environment, pool: PoolName) =>
  environment.size.kind === "single-node"
    ? {}
    : {
        nodeSelector: { [POOL_KEY]: pool },
        tolerations: [{ key: POOL_KEY, operator: "Equal", value: pool, effect: "NoSchedule" }],
      };

/** How Strimzi's operators find what belongs to a cluster. */
export const kafkaClusterLabel = (): Labels => ({ "strimzi.io/cluster": kafkaCluster });
