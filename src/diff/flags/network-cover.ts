/** Whether what one NetworkPolicy rule lets pass, another let pass before. In doubt the answer is no. */
import {
  canonical,
  type Fields,
  isMap,
  listAt,
  mapAt,
  mapsAt,
  numberAt,
  textAt,
  textsAt,
  type Value,
} from "../value.ts";

/** One way that a packet may pass: a peer and a port, `undefined` where any will do. */
export interface Opening {
  readonly direction: "ingress" | "egress";
  readonly peer: Fields | undefined;
  readonly port: Fields | undefined;
}

export type Direction = Opening["direction"];

/** The directions that a policy closes to everything that it does not list. */
export function closedDirections(spec: Fields): ReadonlySet<Direction> {
  const types = textsAt(spec, "policyTypes").map((type) => type.toLowerCase());
  if (types.length > 0) return new Set(types.filter((type) => type === "ingress" || type === "egress"));
  return new Set(spec.egress === undefined ? ["ingress"] : ["ingress", "egress"]);
}

export function openingsOf(spec: Fields): Opening[] {
  return [...closedDirections(spec)].flatMap((direction) =>
    mapsAt(spec, direction).flatMap((rule) => {
      const any = [undefined];
      const peers = mapsAt(rule, direction === "ingress" ? "from" : "to");
      const ports = mapsAt(rule, "ports");
      return (peers.length > 0 ? peers : any).flatMap((peer) =>
        (ports.length > 0 ? ports : any).map((port) => ({ direction, peer, port })),
      );
    }),
  );
}

export const covers = (had: Opening, wanted: Opening): boolean =>
  had.direction === wanted.direction && coversPort(had.port, wanted.port) && coversPeer(had.peer, wanted.peer);

function coversPort(had: Fields | undefined, wanted: Fields | undefined): boolean {
  if (had === undefined) return true;
  if (wanted === undefined || (had.protocol ?? "TCP") !== (wanted.protocol ?? "TCP")) return false;
  if (had.port === undefined) return true;
  if (typeof had.port !== "number" || typeof wanted.port !== "number") {
    return had.port === wanted.port && (had.endPort ?? null) === (wanted.endPort ?? null);
  }
  const last = (port: Fields): number => numberAt(port, "endPort") ?? (numberAt(port, "port") as number);
  return had.port <= wanted.port && last(wanted) <= last(had);
}

function coversPeer(had: Fields | undefined, wanted: Fields | undefined): boolean {
  if (had === undefined) return true;
  if (wanted === undefined) return false;
  if (had.ipBlock !== undefined || wanted.ipBlock !== undefined) {
    return (
      had.ipBlock !== undefined &&
      wanted.ipBlock !== undefined &&
      coversBlock(mapAt(had, "ipBlock"), mapAt(wanted, "ipBlock"))
    );
  }
  const sameNamespace = (had.namespaceSelector === undefined) === (wanted.namespaceSelector === undefined);
  return (
    sameNamespace &&
    coversSelector(had.namespaceSelector, wanted.namespaceSelector) &&
    coversSelector(had.podSelector, wanted.podSelector)
  );
}

/** Every requirement of the old selector must stand in the new one: then it selects no others. */
export function coversSelector(had: Value | undefined, wanted: Value | undefined): boolean {
  const requirements = (selector: Value | undefined): string[] => [
    ...Object.entries(mapAt(selector, "matchLabels")).map(([key, value]) => `${key} In ["${String(value)}"]`),
    ...mapsAt(selector, "matchExpressions").map(
      ({ key, operator, ...rest }) =>
        `${String(key)} ${String(operator)} ${canonical([...textsAt(rest, "values")].sort())}`,
    ),
  ];
  const now = requirements(wanted);
  return requirements(had).every((old) => now.some((requirement) => requirement === old || narrows(requirement, old)));
}

/** `a In [x]` selects less than `a In [x, y]`. */
function narrows(now: string, old: string): boolean {
  const parse = (text: string) => /^(\S+) In (\[.*\])$/.exec(text);
  const [, key, values = "[]"] = parse(now) ?? [];
  const [, oldKey, oldValues = "[]"] = parse(old) ?? [];
  if (key === undefined || key !== oldKey) return false;
  const allowed = new Set(JSON.parse(oldValues) as string[]);
  return (JSON.parse(values) as string[]).every((value) => allowed.has(value));
}

function coversBlock(had: Fields, wanted: Fields): boolean {
  const outer = blockOf(textAt(had, "cidr"));
  const inner = blockOf(textAt(wanted, "cidr"));
  if (!outer || !inner || !contains(outer, inner)) return false;
  const excluded = listAt(wanted, "except").map((cidr) => blockOf(String(cidr)));
  // What the old rule left out must be left out still, or lie outside.
  return listAt(had, "except").every((cidr) => {
    const hole = blockOf(String(cidr));
    if (!hole) return false;
    const apart = !contains(inner, hole) && !contains(hole, inner);
    return apart || excluded.some((other) => other !== undefined && contains(other, hole));
  });
}

interface Block {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly length: number;
}

function blockOf(cidr: string | undefined): Block | undefined {
  const [address = "", length] = (cidr ?? "").split("/");
  const bits = address.includes(":") ? 128 : 32;
  const value = bits === 32 ? ipv4(address) : ipv6(address);
  const prefix = Number(length);
  if (value === undefined || length === undefined || !(prefix >= 0 && prefix <= bits)) return undefined;
  return { bits, length: prefix, address: value >> BigInt(bits - prefix) };
}

const contains = (outer: Block, inner: Block): boolean =>
  outer.bits === inner.bits &&
  outer.length <= inner.length &&
  inner.address >> BigInt(inner.length - outer.length) === outer.address;

function ipv4(text: string): bigint | undefined {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

function ipv6(text: string): bigint | undefined {
  const [head = "", tail] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const front = groups(head);
  const back = groups(tail ?? "");
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const all = [...front, ...Array.from({ length: Math.max(gap, 0) }, () => "0"), ...back];
  if (all.length !== 8 || all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) + BigInt(Number.parseInt(group, 16)), 0n);
}

/** A few words for a person. */
export function openingText({ direction, peer, port }: Opening): string {
  const where = peer === undefined ? "anybody" : peerText(peer);
  const range = port?.endPort === undefined ? "" : `-${String(port.endPort)}`;
  const which = port?.port === undefined ? "any port" : `port ${String(port.port)}${range}`;
  return `${direction === "ingress" ? "from" : "to"} ${where} on ${which}`;
}

function peerText(peer: Fields): string {
  if (isMap(peer.ipBlock)) return String(peer.ipBlock.cidr);
  const words = (selector: Value | undefined, any: string): string => {
    const labels = Object.entries(mapAt(selector, "matchLabels")).map(
      ([key, value]) => `${key.split("/").at(-1)}=${String(value)}`,
    );
    const more = mapsAt(selector, "matchExpressions").map(({ key, operator }) => `${String(key)} ${String(operator)}`);
    return [...labels, ...more].join(",") || any;
  };
  const pods = `pods ${words(peer.podSelector, "any")}`;
  return peer.namespaceSelector === undefined ? pods : `${pods} in namespaces ${words(peer.namespaceSelector, "any")}`;
}

/** Open to everybody, or to all but a few. */
export const isOpenToAll = ({ peer }: Opening): boolean =>
  peer === undefined ||
  /\/0$/.test(textAt(peer, "ipBlock", "cidr") ?? "") ||
  (peer.ipBlock === undefined &&
    peer.namespaceSelector !== undefined &&
    canonical(mapAt(peer, "namespaceSelector")) === "{}" &&
    canonical(mapAt(peer, "podSelector")) === "{}");
