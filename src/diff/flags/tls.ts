import type { LeafChange, Path, Step } from "../leaves.ts";
import { isMap, type Value } from "../value.ts";
import { danger, ruleSet, warning } from "./rule.ts";

/** Names, however written, that switch verification or encryption off when they are true. */
const off =
  /^(?:insecure|insecureskipverify|skipverify|skiptlsverify|insecureskiptlsverify|tlsskipverify|disabletls|plaintext|allowinsecure|unsafessl|skiphostnameverification|tlsinsecure)$/;
/** Names that switch them on when they are true. */
const on =
  /^(?:tls|enabletls|usetls|issecure|secure|mtls|ssl|sslenabled|tlsenabled|verify|verifypeer|verifyhostname|verifyssl|tlsverify)$/;
/** Parts that hold certificates and how they are checked: without them nothing is verified, or nothing is encrypted. */
const parts =
  /^(?:tls|mtls|tlsconfig|ca|cacert|cabundle|cafile|cacertificaterefs|clientcert|clientkey|clientca|certificaterefs|clientvalidation|sslrootcert|trustedcertificates|serverca|clientcasecret|servertlssecret|clientcacertificates)$/;
const versions = ["1.0", "1.1", "1.2", "1.3"];
/** Weakest first. */
const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

const encrypted = /^(?:https|rediss|amqps|wss|ldaps|mqtts|grpcs):\/\//;
const plain = /^(?:http|redis|amqp|ws|ldap|mqtt|grpc):\/\//;

type Judgement = readonly [rule: "tls-weaker" | "tls-changed", words: string];

export const tls = ruleSet(
  {
    "tls-weaker": danger("A connection is no longer encrypted, or the other end is no longer verified."),
    "tls-changed": warning("Another certificate, authority or host name is trusted or shown."),
  },
  ({ before, after, leaves }, raise) => {
    if (!after) return;
    const changes = before ? leaves : [{ path: [], after: after as unknown as Value }];
    for (const change of changes) {
      for (const leaf of [change, ...insides(change)]) {
        const judgement = judge(leaf);
        if (judgement) raise(...judgement);
      }
    }
  },
);

/** Of a part that was added or removed whole, every part inside: what it switched on or off counts as well. */
function* insides({ path, before, after }: LeafChange): Generator<LeafChange> {
  const gone = isNothing(after);
  if (!gone && !isNothing(before)) return;
  for (const [step, value] of itemsOf(gone ? before : after)) {
    const leaf: LeafChange = { path: [...path, step], ...(gone ? { before: value } : { after: value }) };
    yield leaf;
    yield* insides(leaf);
  }
}

const isNothing = (value: Value | undefined): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0);

function itemsOf(value: Value | undefined): [Step, Value][] {
  if (isMap(value)) return Object.entries(value);
  if (!Array.isArray(value)) return [];
  return value.map((item, index) => [{ item: String(isMap(item) ? (item.name ?? index) : index) }, item]);
}

const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Names along a path. `value`, `enabled` and `name` speak of what holds them, e.g. an entry of a Component's metadata. */
function namesOf(path: Path): readonly string[] {
  const names = path.map((step) => (typeof step === "string" ? step : "item" in step ? step.item : ""));
  return names.map(plainName).filter((name) => !["value", "enabled", "name"].includes(name));
}

/** The value of an entry that was added or removed whole, e.g. an environment variable. */
const entryValue = (value: Value | undefined): Value | undefined =>
  isMap(value) && "value" in value ? value.value : value;

const isTrue = (value: Value | undefined): boolean => String(value) === "true" || value === 1 || value === "1";
const shown = (value: Value | undefined): string => (value === undefined ? "unset" : String(value));
const rank = (mode: Value | undefined): number => modes.indexOf(String(mode));
const sslMode = (value: Value | undefined): string | undefined =>
  typeof value === "string" ? /\bsslmode=([a-z-]+)/.exec(value)?.[1] : undefined;
const tlsVersion = (value: Value | undefined): number =>
  versions.indexOf(String(value ?? "").replace(/^(?:TLS)?v?_?(\d)[._]?(\d)$/i, "$1.$2"));

function judge({ path, before, after }: LeafChange): Judgement | undefined {
  const names = namesOf(path);
  const name = names.at(-1) ?? "";
  const [old, now] = [entryValue(before), entryValue(after)];
  const weaker = weakness(name, old, now);
  if (weaker !== undefined) return ["tls-weaker", weaker];
  const change = `${name}: ${shown(old)} becomes ${shown(now)}`;
  const aboutTls = names.some((each) => /tls|ssl/.test(each));
  if (
    before !== undefined &&
    aboutTls &&
    /^(?:mode|policy|wellknowncacertificates|ciphers|hostname|servername)$/.test(name)
  ) {
    return ["tls-changed", change];
  }
  const part = names.findLast((each) => parts.test(each));
  if (part === undefined || before === undefined) return undefined;
  if (after === undefined || (Array.isArray(after) && after.length === 0)) return ["tls-weaker", `${name} is gone`];
  return ["tls-changed", `${part} changed`];
}

function weakness(name: string, old: Value | undefined, now: Value | undefined): string | undefined {
  const change = `${name}: ${shown(old)} becomes ${shown(now)}`;
  if (off.test(name) && isTrue(now) && !isTrue(old)) return `${name} is true`;
  if (on.test(name) && isTrue(old) && !isTrue(now)) return `${name} is no longer true`;
  if (name === "nodetlsrejectunauthorized" && String(now) === "0") return "certificates are not verified";
  if (name.endsWith("sslmode") && rank(now) < rank(old)) return change;
  if (rank(sslMode(now)) < rank(sslMode(old))) return `sslmode=${shown(sslMode(old))} becomes ${shown(sslMode(now))}`;
  if (name.endsWith("version") && tlsVersion(old) >= 0 && tlsVersion(now) < tlsVersion(old)) return change;
  if (encrypted.test(String(old)) && plain.test(String(now))) return "an address is no longer encrypted";
  return undefined;
}
