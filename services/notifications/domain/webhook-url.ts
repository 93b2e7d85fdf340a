import { isIP } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** As `host:port` of WEBHOOK_TRUSTED_HOSTS. */
export const hostAndPort = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port || (protocol === "http:" ? "80" : "443")}`;

/**
 * What speaks against an address before it is looked up.
 * @returns undefined where nothing does
 */
export function refusalOf(url: URL, trusted: readonly string[]): string | undefined {
  if (url.username || url.password) return "must not hold a user name or password: the signature proves who sends";
  if (trusted.includes(hostAndPort(url))) return undefined;
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.port) return "must use HTTPS's own port 443";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocal = isIP(host) ? !isPublicAddress(host) : /(?:^|\.)localhost\.?$/i.test(host) || !host.includes(".");
  return isLocal ? "must be reachable from the internet" : undefined;
}
