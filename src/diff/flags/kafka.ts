import type { Manifest } from "#emit/document";
import { at, canonical, type Fields, mapAt, mapsAt, numberAt, textAt, textsAt, type Value } from "../value.ts";
import { durationSeconds, quantity } from "./quantity.ts";
import { danger, type Raise, ruleSet, type Subject, someOf, warning } from "./rule.ts";

/** Settings of a topic or broker that keep data: lower is weaker, -1 without limit. */
const kept = [
  "retention.ms",
  "retention.bytes",
  "delete.retention.ms",
  "log.retention.hours",
  "log.retention.ms",
  "log.retention.bytes",
  "local.retention.ms",
  "offsets.retention.minutes",
];
const durable = [
  "min.insync.replicas",
  "default.replication.factor",
  "offsets.topic.replication.factor",
  "transaction.state.log.replication.factor",
  "transaction.state.log.min.isr",
];

export const kafka = ruleSet(
  {
    "fewer-partitions": danger("Kafka cannot take partitions away: the change is refused."),
    "more-partitions": warning(
      "Keys move to other partitions: order by key breaks at the change, and partitions never go away again.",
    ),
    "shorter-retention": danger("Events are deleted earlier than they were: consumers that lag or replay lose them."),
    "cleanup-policy": danger("Kafka deletes or compacts a topic's events in another way."),
    "weaker-durability": danger("Fewer copies of an event, or fewer that must have it before it counts."),
    "fewer-brokers": danger("Brokers go away with the partitions that they hold."),
    "acl-wider": danger("A Kafka user may do more than it could."),
    "acl-new": warning("A new Kafka user may do something."),
    "kafka-authentication": danger("Who may connect to Kafka, and how, is checked in another way."),
    "kafka-version": warning("Kafka runs in another version; its metadata version cannot go back."),
    "kafka-paused": warning("The operator no longer reconciles the resource."),
  },
  (subject, raise) => {
    const { kind, group, after } = subject;
    if (group !== "kafka.strimzi.io" || !after) return;
    if (kind === "KafkaUser") inspectUser(subject, raise);
    const { before } = subject;
    if (!before) return;
    if (kind === "KafkaTopic") inspectTopic(before, after, raise);
    if (kind === "Kafka") inspectCluster(before, after, raise);
    if (kind === "KafkaNodePool" && lower(before, after, "spec", "replicas")) {
      raise("fewer-brokers", change(before, after, "spec", "replicas"));
    }
    const paused = (manifest: Manifest) =>
      textAt(manifest, "metadata", "annotations", "strimzi.io/pause-reconciliation") === "true";
    if (!paused(before) && paused(after)) raise("kafka-paused", "strimzi.io/pause-reconciliation is true");
  },
);

type Tell = Raise<keyof typeof kafka.rules & string>;

const shown = (value: Value | undefined): string =>
  value === undefined ? "unset" : String(typeof value === "object" ? canonical(value) : value);
const change = (before: Manifest, after: Manifest, ...path: string[]): string =>
  `${path.join(".")}: ${shown(at(before, ...path))} becomes ${shown(at(after, ...path))}`;
const lower = (before: Manifest, after: Manifest, ...path: string[]): boolean => {
  const [old, now] = [numberAt(before, ...path), numberAt(after, ...path)];
  return old !== undefined && (now === undefined || now < old);
};

function inspectTopic(before: Manifest, after: Manifest, raise: Tell): void {
  const [old, now] = [numberAt(before, "spec", "partitions"), numberAt(after, "spec", "partitions")];
  if (old !== undefined && (now === undefined || now < old))
    raise("fewer-partitions", change(before, after, "spec", "partitions"));
  if (now !== undefined && old !== undefined && now > old)
    raise("more-partitions", change(before, after, "spec", "partitions"));
  if (lower(before, after, "spec", "replicas")) raise("weaker-durability", change(before, after, "spec", "replicas"));
  inspectConfig(mapAt(before, "spec", "config"), mapAt(after, "spec", "config"), raise);
}

function inspectConfig(before: Fields, after: Fields, raise: Tell): void {
  const words = (key: string): string => `${key}: ${shown(before[key])} becomes ${shown(after[key])}`;
  for (const key of kept) if (isShorter(before[key], after[key])) raise("shorter-retention", words(key));
  for (const key of durable) {
    const [old, now] = [quantity(before[key]), quantity(after[key])];
    if (old !== undefined && (now === undefined || now < old)) raise("weaker-durability", words(key));
  }
  if (canonical(before["cleanup.policy"]) !== canonical(after["cleanup.policy"]))
    raise("cleanup-policy", words("cleanup.policy"));
  if (
    String(after["unclean.leader.election.enable"]) === "true" &&
    String(before["unclean.leader.election.enable"]) !== "true"
  ) {
    raise("weaker-durability", words("unclean.leader.election.enable"));
  }
}

/** Unset is the broker's default, which nobody here knows: then any change of it may be shorter. */
function isShorter(before: Value | undefined, after: Value | undefined): boolean {
  if (canonical(before) === canonical(after)) return false;
  const amount = (value: Value | undefined): number | undefined => {
    const number = quantity(value) ?? durationSeconds(value);
    return number === -1 ? Number.POSITIVE_INFINITY : number;
  };
  const [old, now] = [amount(before), amount(after)];
  return old === undefined || now === undefined || now < old;
}

function inspectCluster(before: Manifest, after: Manifest, raise: Tell): void {
  inspectConfig(mapAt(before, "spec", "kafka", "config"), mapAt(after, "spec", "kafka", "config"), raise);
  if (lower(before, after, "spec", "kafka", "replicas"))
    raise("fewer-brokers", change(before, after, "spec", "kafka", "replicas"));
  for (const field of ["version", "metadataVersion"]) {
    if (shown(at(before, "spec", "kafka", field)) !== shown(at(after, "spec", "kafka", field))) {
      raise("kafka-version", change(before, after, "spec", "kafka", field));
    }
  }
  const authorization = (manifest: Manifest) => mapAt(manifest, "spec", "kafka", "authorization");
  if (canonical(authorization(before).type) !== canonical(authorization(after).type)) {
    raise("kafka-authentication", change(before, after, "spec", "kafka", "authorization", "type"));
  }
  const had = new Set(textsAt(authorization(before), "superUsers"));
  const gained = textsAt(authorization(after), "superUsers").filter((user) => !had.has(user));
  if (gained.length > 0) raise("acl-wider", `${someOf(gained)} may do everything (superUsers)`);
  const old = new Map(
    mapsAt(before, "spec", "kafka", "listeners").map((listener) => [String(listener.name), listener]),
  );
  for (const listener of mapsAt(after, "spec", "kafka", "listeners"))
    inspectListener(old.get(String(listener.name)), listener, raise);
}

function inspectListener(before: Fields | undefined, after: Fields, raise: Tell): void {
  const name = `listener ${String(after.name)}`;
  if (!before) {
    raise(
      "kafka-authentication",
      `${name} is new: ${String(after.type)}, TLS ${String(after.tls)}, ${shown(at(after, "authentication", "type"))} authentication`,
    );
    return;
  }
  if (before.type !== after.type)
    raise("kafka-authentication", `${name}: type ${shown(before.type)} becomes ${shown(after.type)}`);
  if (before.tls === true && after.tls !== true) raise("kafka-authentication", `${name} no longer uses TLS`);
  if (canonical(before.authentication) !== canonical(after.authentication)) {
    raise(
      "kafka-authentication",
      `${name}: authentication ${shown(at(before, "authentication", "type"))} becomes ${shown(at(after, "authentication", "type"))}`,
    );
  }
  const peers = (listener: Fields) => new Set(mapsAt(listener, "networkPolicyPeers").map(canonical));
  if (before.networkPolicyPeers === undefined) return;
  const had = peers(before);
  if (after.networkPolicyPeers === undefined || peers(after).size === 0)
    raise("acl-wider", `${name} is open to every pod (no networkPolicyPeers)`);
  else if ([...peers(after)].some((peer) => !had.has(peer))) raise("acl-wider", `${name} is open to more peers`);
}

/** One thing that a user may do: operation, resource, host. */
function* grantsOf(manifest: Manifest | undefined): Iterable<string> {
  for (const acl of mapsAt(manifest, "spec", "authorization", "acls")) {
    if (acl.type === "deny") continue;
    const { type, name, patternType } = mapAt(acl, "resource");
    const resource = `${shown(type)} ${shown(name ?? "*")}${patternType === "prefix" ? "*" : ""}`;
    const host = acl.host === undefined || acl.host === "*" ? "" : ` from ${shown(acl.host)}`;
    for (const operation of [...textsAt(acl, "operations"), ...textsAt(acl, "operation")])
      yield `${operation} ${resource}${host}`;
  }
}

const deniesOf = (manifest: Manifest | undefined): string[] =>
  mapsAt(manifest, "spec", "authorization", "acls")
    .filter(({ type }) => type === "deny")
    .map(canonical);

function inspectUser({ before, after }: Subject, raise: Tell): void {
  const had = new Set(grantsOf(before));
  const gained = [...grantsOf(after)].filter((grant) => !had.has(grant));
  if (gained.length > 0) raise(before ? "acl-wider" : "acl-new", `may now ${someOf(gained)}`);
  if (!before) return;
  const denied = new Set(deniesOf(after));
  if (deniesOf(before).some((acl) => !denied.has(acl))) raise("acl-wider", "a deny rule is gone or changed");
  const type = (manifest: Manifest | undefined, part: string) => canonical(at(manifest, "spec", part, "type"));
  if (type(before, "authorization") !== type(after, "authorization"))
    raise("acl-wider", "authorization is of another type or gone");
  if (canonical(at(before, "spec", "authentication")) !== canonical(at(after, "spec", "authentication"))) {
    raise(
      "kafka-authentication",
      `authentication ${shown(at(before, "spec", "authentication", "type"))} becomes ${shown(at(after, "spec", "authentication", "type"))}`,
    );
  }
  const quotas = canonical(at(before, "spec", "quotas"));
  if (quotas !== "undefined" && at(after, "spec", "quotas") === undefined) raise("acl-wider", "quotas are gone");
}
