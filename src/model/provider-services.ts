/** The choices an environment makes for Kafka, PostgreSQL, secrets and its public edge: one discriminated union each. */
import type { Bytes } from "./quantities.ts";

export type Kafka =
  | {
      readonly kind: "strimzi";
      readonly brokers: number;
      /** Volume of each broker. */
      readonly storage: Bytes;
      readonly heap: Bytes;
      readonly memory: Bytes;
      /** Spread replicas over zones. @default whether the provider's nodes carry a zone label */
      readonly rack?: boolean;
    }
  | { readonly kind: "event-hubs"; readonly namespace: string; readonly tier: "standard" | "premium" | "dedicated" }
  | { readonly kind: "confluent"; readonly bootstrap: string }
  | { readonly kind: "aiven"; readonly bootstrap: string }
  | { readonly kind: "redpanda"; readonly bootstrap: string };

export type KafkaOf<K extends Kafka["kind"]> = Extract<Kafka, { kind: K }>;

type Props<T extends { kind: string }> = Omit<T, "kind">;

const choice =
  <T extends { readonly kind: string }>(kind: T["kind"]) =>
  (props: Props<T>): T =>
    Object.freeze({ kind, ...props }) as unknown as T;

/** Kafka in the cluster, run by Strimzi. */
export const strimzi = choice<KafkaOf<"strimzi">>("strimzi");
/** Azure Event Hubs' Kafka endpoint: one connection string, no ACL per topic. */
export const eventHubs = choice<KafkaOf<"event-hubs">>("event-hubs");
export const confluent = choice<KafkaOf<"confluent">>("confluent");
export const aiven = choice<KafkaOf<"aiven">>("aiven");
export const redpanda = choice<KafkaOf<"redpanda">>("redpanda");

interface Connections {
  /** `max_connections` of the server, less what it reserves. */
  readonly maxConnections: number;
}

export type Postgres =
  | (Connections & {
      readonly kind: "cloudnative-pg";
      readonly instances: number;
      readonly storage: Bytes;
      readonly memory: Bytes;
      /** VolumeSnapshot that a cluster begins with when there is none; one that runs takes no notice. @default empty */
      readonly restoreFrom?: string;
    })
  | (Connections & {
      readonly kind: "managed";
      readonly host: string;
      readonly port: number;
      /** Address of the provider's pooler; queries go directly where there is none. */
      readonly pooler?: { readonly host: string; readonly port: number };
    })
  | (Connections & { readonly kind: "neon"; readonly host: string; readonly poolerHost: string });

export type PostgresOf<K extends Postgres["kind"]> = Extract<Postgres, { kind: K }>;

/** PostgreSQL in the cluster, run by CloudNativePG, with its own pooler and scheduled backups. */
export const cloudNativePg = choice<PostgresOf<"cloudnative-pg">>("cloudnative-pg");
/** The cloud's managed PostgreSQL on a private endpoint. */
export const managedPostgres = choice<PostgresOf<"managed">>("managed");
export const neon = choice<PostgresOf<"neon">>("neon");

/** Where secret values live; External Secrets copies what a service needs from there. */
export type SecretSource =
  | { readonly kind: "key-vault"; readonly vaultUrl: string }
  | { readonly kind: "secret-manager" }
  | { readonly kind: "oci-vault"; readonly vaultId: string }
  | { readonly kind: "kubernetes" };

type SecretSourceOf<K extends SecretSource["kind"]> = Extract<SecretSource, { kind: K }>;

export const keyVault = choice<SecretSourceOf<"key-vault">>("key-vault");
export const secretManager = (): SecretSource => Object.freeze({ kind: "secret-manager" });
export const ociVault = choice<SecretSourceOf<"oci-vault">>("oci-vault");
/** The namespace `infra-secrets`, seeded by one documented command. */
export const kubernetesSecrets = (): SecretSource => Object.freeze({ kind: "kubernetes" });

export type Gateway = { readonly kind: "gateway-api" } | { readonly kind: "ingress"; readonly className: string };

/** Gateway API, implemented by Envoy Gateway. */
export const gatewayApi = (): Gateway => Object.freeze({ kind: "gateway-api" });
/** Ingress objects for a controller that the cluster already has. */
export const ingress = choice<Extract<Gateway, { kind: "ingress" }>>("ingress");
