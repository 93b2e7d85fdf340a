import { footprint } from "#charts/third-party/workloads";
import type { Manifest } from "#emit/document";
import type { Environment } from "#model/environment";
import type { Pool } from "#model/size";
import { type Demand, demandOf, type PoolDemand } from "./demand.ts";
import { type Machine, monthly, type Price, prices, unknownPrices } from "./prices.ts";

/** One line of the bill. */
export interface CostLine {
  readonly item: string;
  readonly amount: number;
  readonly unit: string;
  /** Dollars a month; `null` where no price is known. */
  readonly monthly: number | null;
  readonly price: Price | null;
}

/** What one environment costs in a month, as far as prices are known. */
export interface Estimate {
  readonly environment: string;
  readonly provider: Environment["provider"]["kind"];
  readonly region: string | null;
  readonly demand: Demand;
  readonly lines: readonly CostLine[];
  /** Sum of the lines that have a price. */
  readonly monthly: number;
  /** What is paid as well and is not in the sum. */
  readonly unknown: readonly string[];
  readonly assumptions: readonly string[];
}

const assumptions = [
  "list prices without discounts, credits and taxes, 730 hours a month",
  "every workload at its smallest number of replicas; each pool at its smallest number of nodes, or more where requests need them",
  "node pools of machines that hold what the model says their nodes offer",
  "volumes at the size they ask for; of charts, those whose values ask for requests.storage, persistence.size or storageSize, once each",
  "traffic, logs, snapshots and what people store are not counted",
] as const;

/** Estimates an environment from its manifests and the model's pools. */
export function estimate(environment: Environment, manifests: readonly Manifest[]): Estimate {
  const demand = withCharts(environment, demandOf(manifests));
  const { provider } = environment;
  const lines = provider.kind === "kind" ? [] : linesOf(environment, demand);
  return {
    environment: environment.name,
    provider: provider.kind,
    region: "region" in provider ? provider.region : null,
    demand,
    lines,
    monthly: lines.reduce((sum, line) => sum + (line.monthly ?? 0), 0),
    unknown: [...managedServices(environment), ...unknownPrices[provider.kind]],
    assumptions:
      provider.kind === "kind"
        ? ["it runs on a developer's machine: nobody bills it"]
        : [...assumptions, ...prices[provider.kind].notes],
  };
}

/** What the provider or another company runs for it; no price was seen of any of them. */
function managedServices({ provider, kafka, postgres }: Environment): string[] {
  if (provider.kind === "kind") return [];
  return [
    ...(kafka.kind === "strimzi"
      ? []
      : [`managed Kafka (${kafka.kind}${kafka.kind === "event-hubs" ? `, ${kafka.tier}` : ""})`]),
    ...(postgres.kind === "cloudnative-pg"
      ? []
      : [`managed PostgreSQL (${postgres.kind}; its size is not in the model)`]),
  ];
}

/** Pods of third-party charts, from the same table that the charts' own values are made of. */
function withCharts(environment: Environment, demand: Demand): Demand {
  const single = environment.size.kind === "single-node";
  const pods = footprint(
    {
      name: environment.name,
      provider: environment.provider.kind,
      highAvailability: !single,
      size: single ? "small" : "standard",
      domain: environment.domain,
      namespaces: { apps: "", infra: "", monitoring: "", hostAgents: "" },
      traces: { store: { kind: "memory" }, samplingPercentage: 0 },
    },
    new Set(demand.charts),
  );
  const system = pods.filter(({ perNode }) => !perNode);
  const known = demand.pools.system ?? { cpu: 0, memory: 0, pods: 0 };
  if (system.length === 0) return demand;
  const sum = system.reduce<PoolDemand>(
    (all, { replicas, cpu, memory }) => ({
      cpu: all.cpu + (replicas * cpu.millicores) / 1000,
      memory: all.memory + (replicas * memory.mebibytes) / 1024,
      pods: all.pods + replicas,
    }),
    known,
  );
  return { ...demand, pools: { ...demand.pools, system: sum } };
}

function linesOf(environment: Environment, demand: Demand): CostLine[] {
  const { provider } = environment;
  if (provider.kind === "kind") return [];
  const list = prices[provider.kind];
  const priced = (item: string, amount: number, unit: string, price: Price | undefined): CostLine => ({
    item,
    amount,
    unit,
    monthly: price ? monthly(price, amount) : amount === 0 ? 0 : null,
    price: price ?? null,
  });
  return [
    priced("control plane", 1, "cluster", list.controlPlane),
    ...nodeLines(environment, demand, list.machines, priced),
    priced("block storage", rounded(demand.storage), "GiB", list.blockStorage),
    priced("load balancers", demand.loadBalancers, "load balancer", list.loadBalancer),
  ];
}

type Priced = (item: string, amount: number, unit: string, price: Price | undefined) => CostLine;

function nodeLines(environment: Environment, demand: Demand, machines: readonly Machine[], priced: Priced): CostLine[] {
  if (environment.size.kind !== "pools") return [];
  return Object.entries(environment.size.pools).map(([name, pool]) => {
    const wanted = demandOfPool(demand, name);
    const nodes = nodesFor(pool, wanted);
    const machine = machineFor(pool, machines);
    return priced(`nodes of pool ${name} (${machine?.name ?? "no machine known"})`, nodes, "node", machine?.price);
  });
}

/** Pods that run anywhere are counted where the services run. */
function demandOfPool({ pools }: Demand, name: string): PoolDemand {
  const own = pools[name] ?? { cpu: 0, memory: 0, pods: 0 };
  const any = name === "apps" ? pools.any : undefined;
  return any ? { cpu: own.cpu + any.cpu, memory: own.memory + any.memory, pods: own.pods + any.pods } : own;
}

function nodesFor({ nodes, allocatable }: Pool, { cpu, memory }: PoolDemand): number {
  const byCpu = Math.ceil((cpu * 1000) / allocatable.cpu.millicores);
  const byMemory = Math.ceil((memory * 1024) / allocatable.memory.mebibytes);
  return Math.max(nodes.min, byCpu, byMemory);
}

const machineFor = ({ allocatable }: Pool, machines: readonly Machine[]): Machine | undefined =>
  [...machines]
    .sort((a, b) => monthly(a.price) - monthly(b.price))
    .find(
      ({ vcpus, memoryGibibytes }) =>
        vcpus * 1000 >= allocatable.cpu.millicores && memoryGibibytes * 1024 >= allocatable.memory.mebibytes,
    );

const rounded = (number: number): number => Math.round(number * 100) / 100;
