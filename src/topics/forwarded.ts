/**
 * Brokers tell clients their names in the cluster, which mean nothing behind forwarded ports. Which port leads to which broker
 * is told by the broker's own certificate, so that nothing is trusted that the certificate does not say.
 */
import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate } from "node:tls";
import { UserError } from "#model/user-error";
import { explained } from "./failures.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** An address that answered, and the names in its certificate. */
interface Forwarded extends Address {
  readonly names: ReadonlySet<string>;
}

/** @throws UserError for what is no `host:port` */
export function parseAddress(text: string): Address {
  const [, host = "", port = ""] = /^\[?([^[\]/\s]+?)\]?:(\d{1,5})$/.exec(text.trim()) ?? [];
  if (host === "" || Number(port) < 1 || Number(port) > 65_535) {
    throw new UserError(`"${text}" is no address of a broker`, "Write it like 127.0.0.1:9093, several with commas");
  }
  return { host, port: Number(port) };
}

const WAIT_MS = 10_000;

/**
 * Opens TLS to each address once; a broker may be away while others answer.
 * @param known names besides the address itself that a certificate may be for
 * @throws UserError when none answers as it should
 */
export async function lookAt(
  addresses: readonly Address[],
  ssl: ConnectionOptions,
  known: readonly string[],
): Promise<Forwarded[]> {
  const looks = await Promise.allSettled(
    addresses.map(async (address) => {
      try {
        return { ...address, names: await namesOf(address, ssl, known) };
      } catch (error) {
        throw explained(error, `${address.host}:${address.port}`, ssl.cert !== undefined);
      }
    }),
  );
  const answered = looks.filter((look) => look.status === "fulfilled").map(({ value }) => value);
  const [failed] = looks.filter((look) => look.status === "rejected");
  if (answered.length === 0 && failed) throw failed.reason;
  return answered;
}

const namesOf = ({ host, port }: Address, ssl: ConnectionOptions, known: readonly string[]): Promise<Set<string>> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      ...ssl,
      host,
      port,
      ...(isIP(host) ? {} : { servername: host }),
      checkServerIdentity: (name, certificate) => refusalOf([name, ...known], certificate),
    });
    socket.setTimeout(WAIT_MS, () => socket.destroy(new Error("timeout")));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const { subjectaltname = "" } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new Set([...subjectaltname.matchAll(/DNS:([^,\s]+)/g)].map(([, name = ""]) => name)));
    });
  });

/** Why a certificate is for none of these names; absent: it is for one. */
export function refusalOf(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  const refusals = names.map((name) => checkServerIdentity(name, certificate));
  return refusals.includes(undefined) ? undefined : refusals[0];
}

/** Where to connect for what a broker calls itself: the forwarded port whose certificate has that name, else there itself. */
export function routeTo(host: string, port: number, forwarded: readonly Forwarded[]): Address {
  if (forwarded.some((each) => each.host === host && each.port === port)) return { host, port };
  const own = forwarded.filter(({ names }) => names.has(host));
  // A name that all share, like that of the bootstrap service, does not tell one broker from another.
  return own.find((each) => each.port === port) ?? own[0] ?? { host, port };
}
