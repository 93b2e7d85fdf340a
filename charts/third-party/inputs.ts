/** What the values of the third-party charts depend on; the environment's model fills it. */

import type { HelmValues } from "./helm-values.ts";

export type Provider = "kind" | "aks" | "gke" | "oke" | "doks";

/** `small`: development on one node of 8 GB. `standard`: staging and production. */
export type PlatformSize = "small" | "standard";

export interface PlatformNamespaces {
  readonly apps: string;
  readonly infra: string;
  readonly monitoring: string;
  /** Where agents run that need the host (node exporter, Falco), so that `monitoring` can stay stricter. */
  readonly hostAgents: string;
}

/** The zone's provider and how ExternalDNS signs in; where it is absent ExternalDNS is not rendered. */
export type DnsZone =
  | {
      readonly kind: "azure";
      readonly clientId: string;
      readonly tenantId: string;
      readonly subscriptionId: string;
      readonly resourceGroup: string;
    }
  | { readonly kind: "google"; readonly project: string; readonly serviceAccount: string }
  | { readonly kind: "oci"; readonly region: string; readonly compartment: string }
  | { readonly kind: "digitalocean"; readonly tokenSecret: { readonly name: string; readonly key: string } };

/** How kafka-ui reaches the brokers; the Secrets lie in its own namespace. */
export type KafkaAccess =
  | {
      readonly kind: "mtls";
      readonly bootstrap: string;
      /** A KafkaUser's Secret: `user.p12`, `user.password`. */
      readonly userSecret: string;
      /** The cluster's CA: `ca.p12`, `ca.password`. */
      readonly caSecret: string;
    }
  | {
      readonly kind: "sasl";
      readonly bootstrap: string;
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
      /** The client's whole JAAS line, so that no password is put together in a manifest. */
      readonly jaasSecret: { readonly name: string; readonly key: string };
    };

/** Jaeger's store. `memory` forgets on a restart; the other survives it and is run by somebody else. */
export type TraceStore =
  | { readonly kind: "memory" }
  | {
      readonly kind: "elasticsearch";
      readonly url: string;
      /** Keys `username` and `password`. */
      readonly secret: string;
    };

/** Node labels and taints of the pool that platform pods run on. */
export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly HelmValues[];
}

export interface PlatformInputs {
  readonly name: string;
  readonly provider: Provider;
  /** Two or three replicas of what can have them. */
  readonly highAvailability: boolean;
  readonly size: PlatformSize;
  /** Public zone of the environment; consoles are named below it. */
  readonly domain: string;
  /** Where the public names stand. @default "gateway-httproute" */
  readonly dnsSource?: "gateway-httproute" | "ingress";
  readonly namespaces: PlatformNamespaces;
  /** @default the cluster's default class */
  readonly storageClass?: string;
  /** @default none */
  readonly priorityClass?: string;
  /** @default anywhere */
  readonly placement?: Placement;
  readonly dns?: DnsZone;
  readonly kafka?: KafkaAccess;
  readonly traces: { readonly store: TraceStore; readonly samplingPercentage: number };
}

/** Nodes carry a zone label: everywhere but on DOKS and on a laptop. */
export const hasZones = (provider: Provider): boolean => provider !== "doks" && provider !== "kind";

/** OCI block volumes are at least 50 GiB, whatever is asked for. */
export const volumeGibibytes = (provider: Provider, wanted: number): number =>
  provider === "oke" ? Math.max(50, wanted) : wanted;

/** Storage request in Kubernetes notation for the environment's size. */
export const volumeSize = (inputs: PlatformInputs, gibibytes: Readonly<Record<PlatformSize, number>>): string =>
  `${volumeGibibytes(inputs.provider, gibibytes[inputs.size])}Gi`;

/** `nodeSelector` and `tolerations` under the names most charts use, or nothing. */
export function placed(inputs: PlatformInputs): HelmValues {
  const { placement } = inputs;
  return placement === undefined ? {} : { nodeSelector: placement.nodeSelector, tolerations: placement.tolerations };
}

/** `priorityClassName` where the environment has one. */
export const prioritised = (inputs: PlatformInputs, key = "priorityClassName"): HelmValues =>
  inputs.priorityClass === undefined ? {} : { [key]: inputs.priorityClass };

/** `storageClass` under the name a chart gives it, or nothing. */
export const storageClassAs = (inputs: PlatformInputs, key: string): HelmValues =>
  inputs.storageClass === undefined ? {} : { [key]: inputs.storageClass };
