import { assertNoProblems, type ModelProblem } from "./errors.ts";
import type { System } from "./system.ts";

export type NodeKind = "service" | "topic" | "store" | "outside";
export type EdgeKind = "invokes" | "publishes" | "subscribes" | "stores" | "egress";

export interface TopologyNode {
  readonly id: string;
  readonly kind: NodeKind;
}

/** Reads as a sentence, `tasks publishes task-events`: `from` is always the service whose entry says so. */
export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/**
 * Who talks to whom, in order of declaration. A subscriber is the `from` of its edge, as it opens the connection; what is
 * derived from an edge, such as the dead letters of every subscriber, is no edge of its own.
 * @throws ModelError when two parts of the system share a name, so that an edge would be ambiguous
 */
export function topologyOf(model: System): Topology {
  const nodes = (
    [
      ["service", model.services],
      ["topic", model.topics],
      ["store", model.stores],
      ["outside", model.outside],
    ] as const
  ).flatMap(([kind, part]) => Object.keys(part).map((id): TopologyNode => ({ id, kind })));
  assertNoProblems(sharedNames(nodes));

  const edges = Object.entries(model.services).flatMap(([from, service]) => {
    const to = (kind: EdgeKind, names: readonly string[]): TopologyEdge[] =>
      names.map((name) => ({ from, to: name, kind }));
    return [
      ...to("invokes", Object.keys(service.invokes)),
      ...to("publishes", service.publishes),
      ...to("subscribes", service.subscribes),
      ...to("stores", service.stores),
      ...to("egress", service.egress),
    ];
  });
  return { nodes, edges };
}

function sharedNames(nodes: readonly TopologyNode[]): ModelProblem[] {
  return nodes.flatMap(({ id, kind }, index) => {
    const other = nodes.slice(0, index).find((earlier) => earlier.id === id);
    return other
      ? [{ entry: id, problem: `a ${other.kind} and a ${kind} have this name`, remedy: "Rename one of them" }]
      : [];
  });
}
