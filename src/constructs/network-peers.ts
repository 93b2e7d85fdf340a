import { namespaces } from "#model/names";
import type { Peer, Selector } from "#model/network";
import { kafkaClients } from "#model/platform-edges";
import type { RenderContext } from "./application-chart.ts";
import { namespaceSelector, selectorLabels } from "./labels.ts";

/** A label selector in the shape that NetworkPolicies, Strimzi and cdk8s-plus' L1 share. */
interface LabelSelector {
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
  ...(Object.keys(matchLabels).length > 0 ? { matchLabels: { ...matchLabels } } : {}),
  ...(absent.length > 0 ? { matchExpressions: absent.map((key) => ({ key, operator: "DoesNotExist" })) } : {}),
});

const inNamespace = (namespace: string): LabelSelector => ({ matchLabels: namespaceSelector(namespace) });

/**
 * Entries of a rule's `from` or `to`; services become one entry each, addresses one for each block.
 * @returns `null` where the rule must not name anybody, because anyone may
 */
export function policyPeers(peers: readonly Peer[]): PolicyPeer[] | null {
  if (peers.some(({ kind }) => kind === "anyone")) return null;
  return peers.flatMap((peer): PolicyPeer[] => {
    switch (peer.kind) {
      case "service":
        return [
          { namespaceSelector: inNamespace(namespaces.apps), podSelector: { matchLabels: selectorLabels(peer.name) } },
        ];
      case "workload":
        return [{ namespaceSelector: inNamespace(peer.namespace), podSelector: podSelector(peer.selector) }];
      case "namespace":
        return [{ namespaceSelector: inNamespace(peer.namespace) }];
      case "addresses":
        return peer.blocks.map(({ cidr, except }) => ({
          ipBlock: { cidr, ...(except ? { except: [...except] } : {}) },
        }));
      case "anyone":
        return [];
      default:
        return peer satisfies never;
    }
  });
}

/** Who may open the brokers' client listener: `networkPolicyPeers` of Strimzi, whose own policy would open it to all. */
export const kafkaPeers = ({ model, environment }: RenderContext): PolicyPeer[] =>
  policyPeers(kafkaClients(model, environment)) ?? [];
