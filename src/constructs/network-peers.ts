import { namespaces } from "#model/names";
import type { Peer, Selector } from "#model/network";
import { kafkaClients } from "#model/platform-edges";
import type { RenderContext } from "./application-chart.ts";
import { namedAnyOf, namespaceSelector, selectorLabels } from "./labels.ts";

/** A label selector in the shape that NetworkPolicies and Strimzi share. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** One entry of `from` or `to`. */
export interface PolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export const podSelector = ({ matchLabels, absent = [] }: Selector): LabelSelector => ({
  matchLabels: { ...matchLabels },
  ...(absent.length > 0 ? { matchExpressions: absent.map((key) => ({ key, operator: "DoesNotExist" })) } : {}),
});

const inNamespace = (namespace: string): LabelSelector => ({ matchLabels: namespaceSelector(namespace) });

const servicesPeer = (names: readonly string[]): PolicyPeer => ({
  namespaceSelector: inNamespace(namespaces.apps),
  podSelector:
    names.length === 1 ? { matchLabels: selectorLabels(names[0] ?? "") } : { matchExpressions: [namedAnyOf(names)] },
});

/**
 * Entries of a rule's `from` or `to`: one for all services, one for each other workload, one for each block of addresses.
 * @returns `null` where the rule must name nobody, because anyone may
 */
export function policyPeers(peers: readonly Peer[]): PolicyPeer[] | null {
  if (peers.some(({ kind }) => kind === "anyone")) return null;
  const services = peers.flatMap((peer) => (peer.kind === "service" ? [peer.name] : []));
  return [
    ...(services.length > 0 ? [servicesPeer(services)] : []),
    ...peers.flatMap((peer): PolicyPeer[] => {
      switch (peer.kind) {
        case "workload":
          return [{ namespaceSelector: inNamespace(peer.namespace), podSelector: podSelector(peer.selector) }];
        case "namespace":
          return [{ namespaceSelector: inNamespace(peer.namespace) }];
        case "addresses":
          return peer.blocks.map(({ cidr, except }) => ({
            ipBlock: { cidr, ...(except ? { except: [...except] } : {}) },
          }));
        default:
          return [];
      }
    }),
  ];
}

/** Who may open the brokers' client listener: `networkPolicyPeers` of Strimzi, whose own policy would open it to all. */
export const kafkaPeers = ({ model, environment }: RenderContext): PolicyPeer[] =>
  policyPeers(kafkaClients(model, environment)) ?? [];
