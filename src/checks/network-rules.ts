import { platformEdges, policedNamespaces } from "#model/platform-edges";
import { workloadsByNamespace } from "./pods.ts";
import { at, type Fields, fieldsAt, listAt, textAt, textsAt } from "./read.ts";
import type { Rendering, Resource, Rule } from "./rule.ts";

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

const deniesAll = ({ manifest: { spec } }: Resource): boolean =>
  isEmpty(at(spec, "podSelector")) &&
  ["Ingress", "Egress"].every((type) => textsAt(spec, "policyTypes").includes(type)) &&
  listAt(spec, "ingress").length + listAt(spec, "egress").length === 0;

const denied: Rule = {
  id: "network-default-deny",
  reason: "A pod that no policy selects may talk to everybody.",
  remedy: "Render the default-deny policy of the namespace",
  severity: "error",
  *check(rendering) {
    const denying = new Set(
      rendering
        .ofKind("NetworkPolicy")
        .filter(deniesAll)
        .map(({ manifest }) => manifest.metadata.namespace),
    );
    const needed = new Set<string>([
      ...policedNamespaces(rendering.environment),
      ...workloadsByNamespace(rendering).keys(),
    ]);
    for (const namespace of needed) {
      if (!denying.has(namespace)) yield { problem: `nothing denies connections by default in ${namespace}` };
    }
  },
};

/** Ranges that hold nodes, pods, private endpoints and metadata servers, which "the internet" must leave out. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];

/** Why a peer is everybody; `undefined`: it is somebody. */
function wideness(peer: Fields): string | undefined {
  if (isEmpty(peer)) return "an empty peer";
  const block = fieldsAt(peer, "ipBlock");
  if (textAt(block, "cidr") === "0.0.0.0/0") {
    const missing = PRIVATE.filter((range) => !textsAt(block, "except").includes(range));
    return missing.length > 0 ? `every address, ${missing.join(", ")} included` : undefined;
  }
  if (textAt(block, "cidr") === "::/0")
    return textsAt(block, "except").includes("fc00::/7") ? undefined : "every IPv6 address";
  return isEmpty(peer.namespaceSelector) ? "every namespace" : undefined;
}

/** `namespace/policy` of those whose callers have no address that a policy could know: the platform's table says so. */
const openToAnyone = ({ model, environment }: Rendering): ReadonlySet<string> =>
  new Set(
    platformEdges(model, environment)
      .filter(({ from }) => from.some(({ kind }) => kind === "anyone"))
      .flatMap(({ to }) => to.flatMap((peer) => (peer.kind === "workload" ? [`${peer.namespace}/${peer.name}`] : []))),
  );

const closed: Rule = {
  id: "network-open",
  reason: "A peer that is everybody undoes what the other policies deny.",
  remedy: "Name services, workloads or address ranges in an edge of the model or in src/model/platform-edges.ts",
  severity: "error",
  *check(rendering) {
    const open = openToAnyone(rendering);
    for (const resource of rendering.ofKind("NetworkPolicy")) {
      const { spec, metadata } = resource.manifest;
      for (const [way, key] of [
        ["ingress", "from"],
        ["egress", "to"],
      ] as const) {
        for (const rule of listAt(spec, way)) {
          const peers = listAt(rule, key);
          const allowed = way === "ingress" && open.has(`${metadata.namespace}/${metadata.name}`);
          if (peers.length === 0 && !allowed)
            yield { resource, problem: `its ${way} rule names nobody, and so means everybody` };
          for (const wide of peers.map(wideness)) {
            if (wide) yield { resource, problem: `its ${way} rule means ${wide}` };
          }
          const reachesOut = way === "egress" && peers.some(({ ipBlock }) => ipBlock !== undefined);
          if (reachesOut && listAt(rule, "ports").length === 0) {
            yield { resource, problem: "its egress rule opens every port of addresses outside the cluster" };
          }
        }
      }
    }
  },
};

const streams: Rule = {
  id: "route-streaming-timeout",
  reason: "A request timeout at the edge ends a stream in the middle.",
  remedy: "Give the route timeouts.request: 0s",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("HTTPRoute")) {
      const service = rendering.model.services[resource.manifest.metadata.name];
      const streaming = Object.values(service?.invokes ?? {}).some((edge) => edge.streaming);
      for (const rule of listAt(resource.manifest.spec, "rules")) {
        const paths = listAt(rule, "matches").map((match) => textAt(match, "path", "value") ?? "");
        const longLived = streaming || paths.some((path) => service?.routes[path]?.longLived);
        const timeout = textAt(rule, "timeouts", "request");
        if (longLived && timeout !== "0s") {
          yield { resource, problem: `streams under ${paths.join(", ")} end after ${timeout ?? "15s, the default"}` };
        }
      }
    }
  },
};

export const networkRules: readonly Rule[] = [denied, closed, streams];
