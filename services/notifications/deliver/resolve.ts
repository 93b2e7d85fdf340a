/** Where a webhook's host name leads. */
import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address that a name has. Rejects when there is none. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** For hosts that the installation trusts: whatever this machine calls by that name. */
export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/**
 * By DNS alone, without hosts file and search list, which name what is inside. Nor does it take one of the few threads of
 * `lookup`, where slow name servers of some would hold up the look-ups of all.
 */
export const publicResolve: Resolve = async (host) => {
  const version = isIP(host);
  if (version !== 0) return [{ address: host, family: version === 6 ? 6 : 4 }];
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer, i) =>
    answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family: i === 0 ? 4 : 6 }) as const) : [],
  );
  if (addresses.length > 0) return addresses;
  throw new AggregateError(
    answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : [])),
    `${host} has no address`,
  );
};
