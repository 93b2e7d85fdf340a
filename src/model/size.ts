/** How much room an environment has, which decides replicas and is what the capacity check counts against. */
import type { Bytes, Cpu } from "./quantities.ts";

/** Node pools: label and taint `todo.dev/pool=<name>`. `kafka` exists only where Strimzi runs. */
export type PoolName = "system" | "apps" | "db" | "kafka";

export interface Pool {
  readonly nodes: { readonly min: number; readonly max: number };
  /** What the kubelet lets pods request on one node, after its own reservations. */
  readonly allocatable: { readonly cpu: Cpu; readonly memory: Bytes };
}

export type Size =
  | { readonly kind: "single-node"; readonly allocatable: { readonly cpu: Cpu; readonly memory: Bytes } }
  | { readonly kind: "pools"; readonly pools: Readonly<Partial<Record<PoolName, Pool>>> };

/** Everything on one node: one replica of each, replication 1, no spread. */
export const singleNode = (allocatable: { readonly cpu: Cpu; readonly memory: Bytes }): Size =>
  Object.freeze({ kind: "single-node", allocatable });

/** Separate pools: services at their declared scale, stores replicated. */
export const pools = (of: Readonly<Partial<Record<PoolName, Pool>>>): Size =>
  Object.freeze({ kind: "pools", pools: of });
