/** The vocabulary of who may open a connection to whom: what NetworkPolicies are derived from. */

export interface Port {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** Labels that all must match, and keys that must not exist. */
export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
}

/** Pods of one service of the model. */
export interface ServicePods {
  readonly kind: "service";
  readonly name: string;
}

/** Pods of the platform, as their chart or operator labels them. */
export interface Workload {
  readonly kind: "workload";
  readonly name: string;
  readonly namespace: string;
  readonly selector: Selector;
}

/** Every pod of a namespace. */
export interface NamespacePods {
  readonly kind: "namespace";
  readonly namespace: string;
}

/** Addresses outside the pod network: policies know no host names. */
export interface Addresses {
  readonly kind: "addresses";
  readonly name: string;
  readonly blocks: readonly { readonly cidr: string; readonly except?: readonly string[] }[];
}

/** Whoever can route a packet to the pod: load balancers, nodes, webhooks' callers. Only ever a `from`. */
export interface Anyone {
  readonly kind: "anyone";
  readonly name: string;
}

export type Peer = ServicePods | Workload | NamespacePods | Addresses | Anyone;

/** `from` may open connections to `ports` of `to`, which are ports of the pods, not of a Service. */
export interface NetworkEdge {
  /** Unique, lower-case with hyphens. */
  readonly id: string;
  readonly from: readonly Peer[];
  readonly to: readonly Peer[];
  /** Empty: every port. */
  readonly ports: readonly Port[];
  readonly why: string;
}

export const tcp = (...ports: readonly number[]): readonly Port[] => ports.map((port) => ({ port, protocol: "TCP" }));

export const servicePods = (name: string): ServicePods => Object.freeze({ kind: "service", name });

/** Unique name of a peer, for people and for sorting. */
export function peerName(peer: Peer): string {
  switch (peer.kind) {
    case "service":
    case "workload":
    case "anyone":
    case "addresses":
      return peer.name;
    case "namespace":
      return `everything in ${peer.namespace}`;
    default:
      return peer satisfies never;
  }
}
