import { describe, expect, it } from "@jest/globals";
import { Testing } from "cdk8s";
import { NetworkPoliciesChart } from "#charts/network-policies";
import { ServiceChart } from "#charts/service";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { topologyOf } from "#model/graph";
import type { Peer } from "#model/network";
import { platformEdges, policedNamespaces } from "#model/platform-edges";
import { ingress } from "#model/provider-services";
import { todo } from "#system";
import {
  connection,
  type Endpoint,
  type NetworkPolicy,
  namedPorts,
  openConnections,
  type PodEndpoint,
  type PolicyPort,
} from "../support/network-policy-reader.ts";
import { addresses, addressSets, isPod, platformPods } from "../support/sample-pods.ts";

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Record<string, string> } } };
}

/** Pods that our own charts run, by the labels that they are rendered with; a service's Jobs are all alike. */
const ownPods: readonly PodEndpoint[] = Object.entries(todo.services).flatMap(([name, service]) => {
  const context = { model: todo, environment: environments.dev, images: {} };
  const manifests: Workload[] = new ServiceChart(Testing.app(), context, { name, service }).toJson();
  return manifests
    .filter(({ kind }) => kind === "Deployment" || kind === "Job")
    .map(({ kind, metadata, spec }) => ({
      kind: "pod",
      id: kind === "Job" ? "migrations" : metadata.name,
      namespace: metadata.namespace,
      labels: spec.template.metadata.labels,
    }));
});

const endpoints: readonly Endpoint[] = [...ownPods, ...platformPods, ...addresses];

/** Ports that no edge names, so that an open range or a forgotten list of ports shows. */
const decoys: readonly PolicyPort[] = [
  { port: 22, protocol: "TCP" },
  { port: 3500, protocol: "TCP" },
  { port: 12_345, protocol: "TCP" },
  { port: 443, protocol: "UDP" },
];

const render = (environment: Environment): NetworkPolicy[] =>
  new NetworkPoliciesChart(Testing.app(), { model: todo, environment, images: {} }).toJson();

const isPoliced = (environment: Environment, endpoint: Endpoint): boolean =>
  isPod(endpoint) && (policedNamespaces(environment) as readonly string[]).includes(endpoint.namespace);

/** What the policies leave open, read without the code that wrote them. */
function open(environment: Environment, policies: readonly NetworkPolicy[]): string[] {
  const ports = [...namedPorts(render(environment)), ...decoys];
  const all = openConnections(
    policies,
    endpoints,
    ports,
    (from, to) => isPoliced(environment, from) || isPoliced(environment, to),
  );
  return [...new Set(all)];
}

/** What the graph and the platform's table say should be open. */
function declared(environment: Environment): string[] {
  const ports = [...namedPorts(render(environment)), ...decoys];
  const found = new Set<string>();
  const add = (froms: readonly string[], tos: readonly string[], at: readonly PolicyPort[]): void => {
    for (const from of froms) for (const to of tos) for (const port of at) found.add(connection(from, to, port));
  };
  for (const { from, to, kind } of topologyOf(todo).edges) {
    for (const [targets, at] of targetsOf(environment, to, kind)) {
      add(
        [from],
        targets,
        at.map((port) => ({ port, protocol: "TCP" as const })),
      );
    }
  }
  for (const { from, to, ports: at } of platformEdges(todo, environment)) {
    const ids = (peers: readonly Peer[]) => peers.flatMap((peer) => idsOf(environment, peer));
    add(ids(from), ids(to), at.length > 0 ? at : ports);
  }
  return [...found].sort();
}

function idsOf(environment: Environment, peer: Peer): string[] {
  switch (peer.kind) {
    case "service":
      return [peer.name];
    case "workload":
      return endpoints
        .filter((e) => isPod(e) && e.namespace === peer.namespace && e.id.replace(/@.*/, "") === peer.name)
        .map(({ id }) => id);
    case "namespace":
      return endpoints.filter((e) => isPod(e) && e.namespace === peer.namespace).map(({ id }) => id);
    case "addresses":
      return [...(addressSets[peer.name] ?? [])];
    case "anyone":
      // Pods under policies still need an edge of their own to get out.
      return endpoints.filter((e) => !isPoliced(environment, e)).map(({ id }) => id);
    default:
      return peer satisfies never;
  }
}

const internet = ["internet", "internet-v6"];
const privateNetwork = ["private-10", "private-172", "private-192", "private-100"];

type Targets = (readonly [targets: readonly string[], ports: readonly number[]])[];

/** Where an edge of the graph leads in an environment, stated here on its own. */
function targetsOf(environment: Environment, to: string, kind: string): Targets {
  const managed: Record<string, Targets> = {
    "prod-aks": [[privateNetwork, [5432, 6432]]],
    "prod-gke": [[privateNetwork, [5432]]],
    "prod-oke": [[privateNetwork, [5432]]],
    "prod-doks": [[privateNetwork, [25_060, 25_061]]],
  };
  switch (kind) {
    case "invokes":
      return [[[to], [50_002]]];
    case "publishes":
    case "subscribes":
      if (environment.name === "prod-aks") return [[privateNetwork, [9093]]];
      if (environment.name === "prod-gke") return [[internet, [9092]]];
      return [[["kafka"], [9093]]];
    case "stores":
      if (managed[environment.name]) return managed[environment.name] ?? [];
      return to === "statestore" ? [[["valkey"], [6379]]] : [[["postgres", "postgres-pooler"], [5432]]];
    case "egress":
      return [[internet, [to === "smtp" ? 587 : 443]]];
    default:
      throw new TypeError(kind);
  }
}

const onIngress = { ...environments.staging, name: "staging-on-ingress", gateway: ingress({ className: "nginx" }) };

describe.each([...Object.values(environments), onIngress])("network policies of $name", (environment) => {
  const policies = render(environment);

  it("leave open what the graph and the platform's table say, and nothing else", () => {
    expect(open(environment, policies)).toEqual(declared(environment));
  });

  it("deny everything by default in each namespace, in both directions", () => {
    for (const namespace of policedNamespaces(environment)) {
      expect(policies).toContainEqual(
        expect.objectContaining({
          metadata: expect.objectContaining({ namespace, name: "default-deny" }),
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        }),
      );
    }
  });
});

const withRule = (
  policies: readonly NetworkPolicy[],
  name: string,
  direction: "ingress" | "egress",
  added: object,
): NetworkPolicy[] =>
  policies.map((policy) =>
    policy.metadata.name === name
      ? { ...policy, spec: { ...policy.spec, [direction]: [...(policy.spec[direction] ?? []), added] } }
      : policy,
  );

it("reads a pod of every service, and the migration of one", () => {
  const ids = ownPods.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([...Object.keys(todo.services), "migrations"]));
});

describe("the reading of network policies", () => {
  const environment = environments.dev;
  const policies = render(environment);
  const expected = declared(environment);

  it("notices each rule that is taken away", () => {
    const ports = namedPorts(policies);
    const unnoticed = policies.flatMap((policy) => {
      const others = policies.filter((other) => other !== policy);
      const near = (...ends: readonly Endpoint[]) =>
        ends.some((end) => isPod(end) && end.namespace === policy.metadata.namespace);
      const whole = openConnections(policies, endpoints, ports, near).length;
      return (["ingress", "egress"] as const).flatMap((direction) =>
        (policy.spec[direction] ?? []).flatMap((rule) => {
          const rules = policy.spec[direction]?.filter((other) => other !== rule) ?? [];
          const without = [...others, { ...policy, spec: { ...policy.spec, [direction]: rules } }];
          const noticed = openConnections(without, endpoints, ports, near).length < whole;
          return noticed ? [] : [`${policy.metadata.name} ${direction} ${JSON.stringify(rule)}`];
        }),
      );
    });
    expect(unnoticed).toEqual([]);
  });

  it.each([
    ["other namespaces let in", "chat", "ingress", { from: [{ namespaceSelector: {} }] }],
    [
      "addresses let in",
      "gateway",
      "ingress",
      { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 8080 }] },
    ],
    ["anyone let in", "kafka", "ingress", { ports: [{ port: 9093 }] }],
    ["everything let out", "recurring", "egress", {}],
    [
      "a range of ports",
      "audit",
      "egress",
      { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 1, endPort: 65_535 }] },
    ],
    [
      "the metadata server",
      "chat",
      "egress",
      { to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: [{ port: 443 }] },
    ],
  ] as const)("notices %s", (_, name, direction, added) => {
    expect(open(environment, withRule(policies, name, direction, added))).not.toEqual(expected);
  });

  it("notices a call that both ends let through, and that one end alone opens nothing", () => {
    const ports = [{ port: 50_002 }];
    const leaving = withRule(policies, "frontend", "egress", { to: [{ podSelector: {} }], ports });
    expect(open(environment, leaving)).toEqual(expected);
    const arriving = withRule(leaving, "audit", "ingress", { from: [{ podSelector: {} }], ports });
    expect(open(environment, arriving).filter((line) => !expected.includes(line))).toEqual([
      "frontend -> audit 50002/TCP",
    ]);
  });

  it("notices a namespace without its default", () => {
    const mutated = policies.filter(({ metadata }) => metadata.namespace !== "infra-secrets");
    expect(open(environment, mutated)).not.toEqual(expected);
  });
});
