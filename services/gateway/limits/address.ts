/** Where a request comes from, as far as the proxies before this service can be believed. */
import { isIPv6 } from "node:net";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import type { KitEnv } from "#kit/http/app";

/** @param proxies how many of the last addresses of `X-Forwarded-For` were written by proxies of ours */
export function clientAddress(c: Context<KitEnv>, proxies: number): string {
  const forwarded = (c.req.header("x-forwarded-for") ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const address = proxies > 0 ? (forwarded.at(-proxies) ?? forwarded[0]) : undefined;
  return network(address ?? getConnInfo(c).remote.address ?? "unknown");
}

/** Of IPv6 a whole /64 is one household's. */
function network(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address.replace(/^::ffff:/, "");
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
