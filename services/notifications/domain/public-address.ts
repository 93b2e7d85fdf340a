/** Which addresses a user's webhook may have: those of the internet, and none of the network that we run in. */
import { BlockList, isIP, isIPv6 } from "node:net";

/** IANA's special-purpose registries: what is not globally reachable, and what leads back to it. */
const special: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

/** A list for each family: one for both would take every IPv4 address for its mapped form, which is special. */
const blocked = { ipv4: new BlockList(), ipv6: new BlockList() } as const;
for (const [network, prefix] of special) {
  const family = isIPv6(network) ? "ipv6" : "ipv4";
  blocked[family].addSubnet(network, prefix, family);
}

/** @param address as a resolver gives it, without brackets; anything else is not public */
export function isPublicAddress(address: string): boolean {
  const [bare = ""] = address.split("%", 1);
  const version = isIP(bare);
  if (version === 0) return false;
  const family = version === 6 ? "ipv6" : "ipv4";
  return !blocked[family].check(bare, family);
}
