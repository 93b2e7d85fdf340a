/** What is true of each place a cluster can run. Sources: the providers' own documentation, see docs/providers.md. */

interface ProviderFacts {
  /** Label by which nodes say their zone; `null` where they carry none. */
  readonly zoneKey: "topology.kubernetes.io/zone" | null;
  readonly storage: {
    readonly provisioner: string;
    readonly parameters: Readonly<Record<string, string>>;
    /** Smallest volume, in GiB, that the provider makes. */
    readonly minimumGibibytes: number;
    readonly bindingMode: "WaitForFirstConsumer" | "Immediate";
  };
  /** The cluster brings a default VolumeSnapshotClass for these volumes; elsewhere nobody makes one. */
  readonly shipsSnapshotClass: boolean;
  /** The cluster brings the Gateway API CRDs, so that ours would fight them. */
  readonly shipsGatewayCrds: boolean;
  readonly shipsMetricsServer: boolean;
  /** `false`: policies are stored and ignored until Calico is installed. */
  readonly enforcesNetworkPolicies: boolean;
  /** Where pods obtain cloud credentials from the node; everywhere else they federate and the address stays closed. */
  readonly metadataServer: { readonly cidr: string; readonly ports: readonly number[] } | null;
  /** Name of this provider in ExternalDNS; `null` where there is no DNS to manage. */
  readonly externalDns: "azure" | "google" | "oci" | "digitalocean" | null;
  /** Annotations that make a load balancer internal. */
  readonly internalLoadBalancer: Readonly<Record<string, string>>;
}

export interface AzureDns {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

export type Provider = ProviderFacts &
  (
    | { readonly kind: "kind" }
    | {
        readonly kind: "aks";
        readonly region: string;
        readonly tenantId: string;
        readonly clientId: string;
        /** Where the public DNS zone lies. @default nobody keeps records: ExternalDNS is not installed */
        readonly dns?: AzureDns;
      }
    | { readonly kind: "gke"; readonly region: string; readonly projectId: string }
    | { readonly kind: "oke"; readonly region: string; readonly compartmentId: string }
    | { readonly kind: "doks"; readonly region: string }
  );

export type ProviderKind = Provider["kind"];
export type ProviderOf<K extends ProviderKind> = Extract<Provider, { kind: K }>;

function frozen<K extends ProviderKind>(provider: ProviderOf<K>): ProviderOf<K> {
  Object.freeze(provider);
  return provider;
}

const ZONE = "topology.kubernetes.io/zone";

/** One node on a developer's machine: kind, or minikube. */
export const kind = (): ProviderOf<"kind"> =>
  frozen<"kind">({
    kind: "kind",
    zoneKey: null,
    storage: {
      provisioner: "rancher.io/local-path",
      parameters: {},
      minimumGibibytes: 1,
      bindingMode: "WaitForFirstConsumer",
    },
    shipsSnapshotClass: false,
    shipsGatewayCrds: false,
    shipsMetricsServer: false,
    enforcesNetworkPolicies: true,
    metadataServer: null,
    externalDns: null,
    internalLoadBalancer: {},
  });

/** Azure Kubernetes Service. `clientId` is the managed identity that the workloads' service accounts federate with. */
export const aks = (props: {
  readonly region: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly dns?: AzureDns;
}): ProviderOf<"aks"> =>
  frozen<"aks">({
    kind: "aks",
    ...props,
    zoneKey: ZONE,
    storage: {
      provisioner: "disk.csi.azure.com",
      parameters: { skuName: "Premium_LRS" },
      minimumGibibytes: 1,
      bindingMode: "WaitForFirstConsumer",
    },
    shipsSnapshotClass: false,
    shipsGatewayCrds: false,
    shipsMetricsServer: true,
    enforcesNetworkPolicies: true,
    metadataServer: null,
    externalDns: "azure",
    internalLoadBalancer: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" },
  });

/** Google Kubernetes Engine with Dataplane V2; its Gateway API channel is disabled, ours is installed. */
export const gke = (props: { readonly region: string; readonly projectId: string }): ProviderOf<"gke"> =>
  frozen<"gke">({
    kind: "gke",
    ...props,
    zoneKey: ZONE,
    storage: {
      provisioner: "pd.csi.storage.gke.io",
      parameters: { type: "pd-ssd" },
      minimumGibibytes: 10,
      bindingMode: "WaitForFirstConsumer",
    },
    shipsSnapshotClass: false,
    shipsGatewayCrds: false,
    shipsMetricsServer: true,
    enforcesNetworkPolicies: true,
    // Dataplane V2's address; without it the metadata server is 169.254.169.252 on 987 and 988.
    metadataServer: { cidr: "169.254.169.254/32", ports: [80, 8080] },
    externalDns: "google",
    internalLoadBalancer: { "networking.gke.io/load-balancer-type": "Internal" },
  });

/** Oracle Container Engine: its own network plugin enforces no NetworkPolicy, Calico does. */
export const oke = (props: { readonly region: string; readonly compartmentId: string }): ProviderOf<"oke"> =>
  frozen<"oke">({
    kind: "oke",
    ...props,
    zoneKey: ZONE,
    storage: {
      provisioner: "blockvolume.csi.oraclecloud.com",
      parameters: { vpusPerGB: "10" },
      minimumGibibytes: 50,
      bindingMode: "WaitForFirstConsumer",
    },
    shipsSnapshotClass: false,
    shipsGatewayCrds: false,
    shipsMetricsServer: false,
    enforcesNetworkPolicies: false,
    metadataServer: null,
    externalDns: "oci",
    internalLoadBalancer: {
      "oci.oraclecloud.com/load-balancer-type": "nlb",
      "oci-network-load-balancer.oraclecloud.com/internal": "true",
    },
  });

/** DigitalOcean Kubernetes: no zones, no private API, no vault, no workload identity. */
export const doks = (props: { readonly region: string }): ProviderOf<"doks"> =>
  frozen<"doks">({
    kind: "doks",
    ...props,
    zoneKey: null,
    storage: {
      provisioner: "dobs.csi.digitalocean.com",
      parameters: {},
      minimumGibibytes: 1,
      bindingMode: "Immediate",
    },
    shipsSnapshotClass: true,
    shipsGatewayCrds: true,
    shipsMetricsServer: false,
    enforcesNetworkPolicies: true,
    metadataServer: null,
    externalDns: "digitalocean",
    internalLoadBalancer: { "service.beta.kubernetes.io/do-loadbalancer-network": "INTERNAL" },
  });
