import { assertNoProblems } from "./errors.ts";
import type { Provider } from "./provider.ts";
import type { Gateway, Kafka, Postgres, SecretSource } from "./provider-services.ts";
import type { Size } from "./size.ts";
import type { System } from "./system.ts";
import { validateEnvironment } from "./validate-environment.ts";

export interface EnvironmentProps {
  readonly provider: Provider;
  /** Rendered only when it is promoted, so that a model change arrives as a reviewed promotion. */
  readonly held: boolean;
  /** Host of the product's public address. */
  readonly domain: string;
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  readonly secrets: SecretSource;
  readonly gateway: Gateway;
  readonly size: Size;
  /** Contact that Let's Encrypt writes to; `null`: certificates are signed in the cluster. */
  readonly acmeEmail: string | null;
  /** Share of traces kept, 0 to 1. */
  readonly traceSampling: number;
  /** Git repository that Argo CD reads. */
  readonly repository: { readonly url: string; readonly revision: string };
  /** Prefix of our images: `<registry>/<service>`. */
  readonly registry: string;
  /** Name of the pull secret in the source of secrets; `null`: the registry is public or the nodes may pull. */
  readonly pullSecret: string | null;
  /** Environment variables of services that are no secret and differ from their defaults, e.g. `chat.LLM_MODEL`. */
  readonly settings?: Readonly<Record<string, Settings>>;
}

/** By the variable's name. */
export type Settings = Readonly<Record<string, string>>;

export interface Environment extends EnvironmentProps {
  readonly name: string;
}

/**
 * Declares where the product runs.
 * @throws ModelError listing every combination that cannot work, with the reason and the remedy
 */
export function environments<
  const S extends System,
  const E extends Readonly<
    Record<string, EnvironmentProps & { readonly settings?: { readonly [N in keyof S["services"]]?: Settings } }>
  >,
>(model: S, declared: E): { readonly [N in keyof E & string]: Environment & { readonly name: N } } {
  const named = Object.fromEntries(
    Object.entries(declared).map(([name, props]) => [name, Object.freeze({ name, ...props })]),
  );
  assertNoProblems(Object.values(named).flatMap((environment) => validateEnvironment(model, environment)));
  return Object.freeze(named) as { readonly [N in keyof E & string]: Environment & { readonly name: N } };
}

/** Production is what people rely on: stricter checks, confirmed images, pinned promotion. */
export const isProduction = (environment: Environment): boolean => environment.name.startsWith("prod");

/** One node, one replica of everything. */
export const isSingleNode = (environment: Environment): boolean => environment.size.kind === "single-node";

/** Brokers put replicas of a partition into different zones. */
export const rackAware = (environment: Environment): boolean =>
  environment.kafka.kind === "strimzi" && (environment.kafka.rack ?? environment.provider.zoneKey !== null);

/** Valkey is rendered where the platform's data stores run in the cluster; elsewhere `statestore` is PostgreSQL. */
export const stateStoreOf = (environment: Environment): "redis" | "postgresql" =>
  environment.postgres.kind === "cloudnative-pg" ? "redis" : "postgresql";

/** Replicas of a partition, and how many must have a write before it counts. */
export function replicationOf(environment: Environment): { readonly replicas: number; readonly minInSync: number } {
  const replicas = environment.kafka.kind === "strimzi" ? Math.min(3, environment.kafka.brokers) : 3;
  return { replicas, minInSync: Math.max(1, replicas - 1) };
}
