/**
 * Reads rendered NetworkPolicies as Kubernetes does, without anything that rendered them.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { BlockList, isIPv6 } from "node:net";

export interface PodEndpoint {
  readonly kind: "pod";
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface AddressEndpoint {
  readonly kind: "address";
  readonly id: string;
  readonly ip: string;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

export interface PolicyPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface PeerEntry {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly PeerEntry[];
  readonly to?: readonly PeerEntry[];
  readonly ports?: readonly {
    readonly port?: number | string;
    readonly endPort?: number;
    readonly protocol?: string;
  }[];
}

export interface NetworkPolicy {
  readonly kind: "NetworkPolicy";
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

function matches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new TypeError(`unknown operator ${operator}`);
      }
    })
  );
}

const blocks = new Map<string, BlockList>();

function blockOf(cidr: string): BlockList {
  const known = blocks.get(cidr);
  if (known) return known;
  const [network = "", prefix = ""] = cidr.split("/");
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), isIPv6(network) ? "ipv6" : "ipv4");
  blocks.set(cidr, block);
  return block;
}

/** Families are compared first: a BlockList would find an IPv4 address in `::/0`. */
const inBlock = (ip: string, cidr: string): boolean =>
  isIPv6(ip) === cidr.includes(":") && blockOf(cidr).check(ip, isIPv6(ip) ? "ipv6" : "ipv4");

function isPeer(entry: PeerEntry, other: Endpoint, policyNamespace: string): boolean {
  if (entry.ipBlock) {
    if (other.kind !== "address") return false;
    const { cidr, except = [] } = entry.ipBlock;
    return inBlock(other.ip, cidr) && !except.some((excluded) => inBlock(other.ip, excluded));
  }
  if (other.kind !== "pod") return false;
  const inNamespace = entry.namespaceSelector
    ? matches(entry.namespaceSelector, { "kubernetes.io/metadata.name": other.namespace })
    : other.namespace === policyNamespace;
  return inNamespace && (!entry.podSelector || matches(entry.podSelector, other.labels));
}

function hasPort({ ports }: Rule, { port, protocol }: PolicyPort): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some((entry) => {
    if ((entry.protocol ?? "TCP") !== protocol) return false;
    if (entry.port === undefined) return true;
    if (typeof entry.port === "string") throw new TypeError(`named port ${entry.port}: name the pod's port by number`);
    return port >= entry.port && port <= (entry.endPort ?? entry.port);
  });
}

type Direction = "ingress" | "egress";

/** Rules that let traffic between `pod` and `other` pass, on some port; `null` where nothing is restricted. */
function admittingRules(
  policies: readonly NetworkPolicy[],
  direction: Direction,
  pod: Endpoint,
  other: Endpoint,
): readonly Rule[] | null {
  if (pod.kind !== "pod") return null;
  const selecting = policies.filter(({ metadata, spec }) => {
    const types = spec.policyTypes ?? ["Ingress", ...(spec.egress ? ["Egress"] : [])];
    return (
      metadata.namespace === pod.namespace &&
      types.some((type) => type.toLowerCase() === direction) &&
      matches(spec.podSelector, pod.labels)
    );
  });
  if (selecting.length === 0) return null;
  return selecting.flatMap(({ metadata, spec }) =>
    (spec[direction] ?? []).filter((rule) => {
      const peers = direction === "ingress" ? rule.from : rule.to;
      return !peers || peers.length === 0 || peers.some((entry) => isPeer(entry, other, metadata.namespace));
    }),
  );
}

/** Ports, of those asked for, at which `from` may open a connection to `to`: what leaves must be allowed, and what arrives. */
export function openPorts(
  policies: readonly NetworkPolicy[],
  from: Endpoint,
  to: Endpoint,
  ports: readonly PolicyPort[],
): PolicyPort[] {
  const leaving = admittingRules(policies, "egress", from, to);
  if (leaving?.length === 0) return [];
  const arriving = admittingRules(policies, "ingress", to, from);
  const passes = (rules: readonly Rule[] | null, port: PolicyPort): boolean =>
    rules === null || rules.some((rule) => hasPort(rule, port));
  return ports.filter((port) => passes(leaving, port) && passes(arriving, port));
}

/** Every open connection between the endpoints, as `from -> to port/protocol`, sorted. */
export function openConnections(
  policies: readonly NetworkPolicy[],
  endpoints: readonly Endpoint[],
  ports: readonly PolicyPort[],
  counts: (from: Endpoint, to: Endpoint) => boolean,
): string[] {
  return endpoints
    .flatMap((from) =>
      endpoints
        .filter((to) => counts(from, to))
        .flatMap((to) => openPorts(policies, from, to, ports).map((port) => connection(from.id, to.id, port))),
    )
    .sort();
}

export const connection = (from: string, to: string, { port, protocol }: PolicyPort): string =>
  `${from} -> ${to} ${port}/${protocol}`;

/** Ports that any policy names. */
export function namedPorts(policies: readonly NetworkPolicy[]): PolicyPort[] {
  const rules = policies.flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
  const found = new Map<string, PolicyPort>();
  for (const { port, protocol = "TCP" } of rules.flatMap(({ ports = [] }) => ports)) {
    if (typeof port === "number") found.set(`${port}/${protocol}`, { port, protocol: protocol as "TCP" | "UDP" });
  }
  return [...found.values()];
}
