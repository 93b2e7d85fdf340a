import { Construct } from "constructs";
import { ApplicationChart, type RenderContext, setOrigin } from "#constructs/application-chart";
import { builtIn } from "#constructs/built-in";
import { selectorLabels } from "#constructs/labels";
import { type LabelSelector, podSelector, policyPeers } from "#constructs/network-peers";
import { waive, waivers } from "#constructs/scanner-waivers";
import { namespaces } from "#model/names";
import { type NetworkEdge, type Peer, type Port, peerName } from "#model/network";
import { platformEdges, policedNamespaces } from "#model/platform-edges";
import { productEdges } from "#model/product-edges";
import { waves } from "#model/waves";

/** Pods that one policy is about. */
interface Subject {
  readonly peer: Peer;
  readonly namespace: string;
  readonly name: string;
  readonly selector: LabelSelector;
  readonly origin: string;
}

/** Everything is denied, then each edge of the model and each row of the platform's table opens both of its ends. */
export class NetworkPoliciesChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    const { model, environment } = context;
    super(scope, {
      context,
      application: "network-policies",
      origin: `environments.${environment.name}`,
      wave: waves.policies,
      project: "platform",
    });
    const policed = policedNamespaces(environment);
    const edges = [...productEdges(model, environment), ...platformEdges(model, environment)];
    for (const namespace of policed) this.denyByDefault(namespace);
    for (const subject of this.subjectsOf(edges, policed)) this.allow(subject, edges);
  }

  private denyByDefault(namespace: string): void {
    builtIn(
      this,
      `${namespace}-default-deny`,
      "networking.k8s.io/v1/NetworkPolicy",
      { name: "default-deny", namespace, annotations: waiversIn(namespace) },
      { spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    );
  }

  /** Each end of an edge that lies in a namespace of ours, once. */
  private subjectsOf(edges: readonly NetworkEdge[], policed: readonly string[]): Subject[] {
    const subjects = new Map<string, Subject>();
    for (const peer of edges.flatMap(({ from, to }) => [...from, ...to])) {
      const subject = this.subjectOf(peer);
      if (subject && policed.includes(subject.namespace)) subjects.set(`${subject.namespace}/${subject.name}`, subject);
    }
    return [...subjects.values()];
  }

  private subjectOf(peer: Peer): Subject | null {
    const origin = this.application.origin;
    switch (peer.kind) {
      case "service": {
        const selector = { matchLabels: selectorLabels(peer.name) };
        return { peer, namespace: namespaces.apps, name: peer.name, selector, origin: `services.${peer.name}` };
      }
      case "workload":
        return { peer, namespace: peer.namespace, name: peer.name, selector: podSelector(peer.selector), origin };
      case "namespace":
        return { peer, namespace: peer.namespace, name: "all-pods", selector: {}, origin };
      case "addresses":
      case "anyone":
        return null;
      default:
        return peer satisfies never;
    }
  }

  private allow({ peer, namespace, name, selector, origin }: Subject, edges: readonly NetworkEdge[]): void {
    const isSubject = (other: Peer): boolean => other.kind === peer.kind && peerName(other) === peerName(peer);
    const incoming = edges.filter(({ to }) => to.some(isSubject));
    const outgoing = edges.filter(({ from }) => from.some(isSubject));
    const scope = new Construct(this, `${namespace}-${name}`);
    setOrigin(scope, origin);
    const edgeIds = [...new Set([...incoming, ...outgoing])].map(({ id }) => id).join(" ");
    builtIn(
      scope,
      "policy",
      "networking.k8s.io/v1/NetworkPolicy",
      {
        name,
        namespace,
        annotations: {
          "todo.dev/edges": edgeIds,
          ...(peer.kind === "service" ? {} : waive(waivers.PODS_OF_OPERATORS)),
        },
      },
      {
        spec: {
          podSelector: selector,
          policyTypes: ["Ingress", "Egress"],
          ingress: incoming.map(({ from, ports }) => rule("from", from, ports)),
          egress: outgoing.map(({ to, ports }) => rule("to", to, ports)),
        },
      },
    );
  }
}

/** Elsewhere than beside our services there are no pods that we render. */
const waiversIn = (namespace: string): Record<string, string> =>
  namespace === namespaces.apps ? {} : waive(waivers.PODS_OF_OPERATORS);

function rule<K extends "from" | "to">(key: K, peers: readonly Peer[], ports: readonly Port[]) {
  const entries = policyPeers(peers);
  return {
    ...(entries ? ({ [key]: entries } as Record<K, typeof entries>) : {}),
    ...(ports.length > 0 ? { ports: ports.map(({ port, protocol }) => ({ port, protocol })) } : {}),
  };
}
