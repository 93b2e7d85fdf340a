/** Address ranges: the only names that policies know outside the cluster. */
import type { Addresses, Anyone } from "./network.ts";
import type { Provider } from "./provider.ts";

/** RFC 1918 and the shared range of RFC 6598, in which clouds place nodes and private endpoints. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"] as const;
const LINK_LOCAL = "169.254.0.0/16";

/** Every address but private ones and the node's metadata server. */
export const internet: Addresses = Object.freeze({
  kind: "addresses",
  name: "internet",
  blocks: [
    { cidr: "0.0.0.0/0", except: [...PRIVATE, LINK_LOCAL] },
    { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] },
  ],
});

/** Nodes, and what the cloud gives a private endpoint. */
export const privateNetwork: Addresses = Object.freeze({
  kind: "addresses",
  name: "private-network",
  blocks: PRIVATE.map((cidr) => ({ cidr })),
});

/** The Kubernetes API: no pod, so no label. DOKS has no private one. */
export const kubernetesApi = (provider: Provider): readonly Addresses[] =>
  provider.kind === "doks" ? [privateNetwork, internet] : [privateNetwork];

/** A server that runs on the node itself. */
export const nodeAddress = (name: string, cidr: string): Addresses =>
  Object.freeze({ kind: "addresses", name, blocks: [{ cidr }] });

/** Load balancers keep or replace the client's address, as their provider likes. */
export const publicClients: Anyone = Object.freeze({ kind: "anyone", name: "public-clients" });

/** The API server calls webhooks from a node, a tunnel's pod or the provider's network. */
export const apiServer: Anyone = Object.freeze({ kind: "anyone", name: "api-server" });
