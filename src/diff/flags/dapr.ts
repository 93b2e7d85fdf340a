import type { Manifest } from "#emit/document";
import { at, canonical, type Fields, mapAt, mapsAt, textAt, textsAt, type Value } from "../value.ts";
import { podOf } from "./pods.ts";
import { danger, info, type Raise, ruleSet, type Subject, someOf, warning } from "./rule.ts";

export const dapr = ruleSet(
  {
    "dapr-access-wider": danger("More apps may call an app, or more of its routes."),
    "dapr-access-narrower": info("Fewer calls are allowed: what still makes them is refused."),
    "dapr-api-wider": danger("An app may use more of its sidecar's API."),
    "dapr-secrets-wider": danger("An app may read more secrets through its sidecar."),
    "dapr-scopes-wider": danger("More apps get a component, subscription or policy, or all of them do."),
    "dapr-topics-wider": danger("An app may publish or subscribe to more topics."),
    "dapr-component-changed": warning("A component works in another way; sidecars take it up when their pods restart."),
    "dapr-component-type": danger("A component is of another type: what it held stays behind in the old one."),
    "dapr-new-component": info("A component is new."),
    "dapr-hot-reload": warning("Sidecars take up changed documents at once, also those meant for newer pods."),
    "dapr-sidecar": danger("A pod loses its sidecar, its sidecar's token, its health check or its policies."),
    "dapr-delivery": warning("Events are delivered to another route, or to no dead letter topic."),
    "dapr-resiliency": warning("Retries, timeouts or circuit breakers changed."),
  },
  (subject, raise) => {
    const { kind, group, after, before } = subject;
    if (!after) return;
    inspectAnnotations(before, after, raise);
    if (group !== "dapr.io") return;
    inspectScopes(before, after, raise);
    if (kind === "Configuration") inspectConfiguration(before, after, raise);
    if (kind === "Component") inspectComponent(subject, after, raise);
    if (!before) return;
    if (kind === "Subscription") {
      for (const field of ["topic", "pubsubname", "deadLetterTopic", "routes", "route", "bulkSubscribe"]) {
        if (canonical(at(before, "spec", field)) !== canonical(at(after, "spec", field)))
          raise("dapr-delivery", `spec.${field} changed`);
      }
    }
    if (kind === "Resiliency" && canonical(at(before, "spec")) !== canonical(at(after, "spec"))) {
      const parts = ["policies", "targets"].filter(
        (part) => canonical(at(before, "spec", part)) !== canonical(at(after, "spec", part)),
      );
      raise("dapr-resiliency", `spec.${someOf(parts)} changed`);
    }
  },
);

type Tell = Raise<keyof typeof dapr.rules & string>;

/** Without scopes every app of the namespace has it. */
function inspectScopes(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  if (after.kind === "Configuration") return;
  const now = textsAt(after, "scopes");
  if (!before) {
    if (now.length === 0) raise("dapr-scopes-wider", "it has no scopes: every app of the namespace gets it");
    return;
  }
  const old = textsAt(before, "scopes");
  if (old.length === 0) return;
  const gained = now.filter((app) => !old.includes(app));
  if (now.length === 0) raise("dapr-scopes-wider", "scopes are gone: every app of the namespace gets it");
  else if (gained.length > 0)
    raise("dapr-scopes-wider", `${someOf(gained)} ${gained.length === 1 ? "gets" : "get"} it`);
}

const ANY_VERB = ["*"];

/** Every call that an access control allows, as `app route verb`. */
function* allowedCalls(control: Fields): Iterable<string> {
  for (const policy of mapsAt(control, "policies")) {
    const app = `${String(policy.namespace ?? "default")}/${String(policy.appId)} of ${String(policy.trustDomain ?? "public")}`;
    if (policy.defaultAction !== "deny") yield `${app} * *`;
    for (const operation of mapsAt(policy, "operations")) {
      if (operation.action === "deny") continue;
      const verbs = textsAt(operation, "httpVerb");
      for (const verb of verbs.length > 0 ? verbs : ANY_VERB) yield `${app} ${String(operation.name)} ${verb}`;
    }
  }
}

function deniedCalls(control: Fields): string[] {
  return mapsAt(control, "policies").flatMap((policy) =>
    mapsAt(policy, "operations")
      .filter(({ action }) => action === "deny")
      .map((operation) => `${String(policy.appId)} ${canonical(operation)}`),
  );
}

function inspectConfiguration(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const spec = mapAt(after, "spec");
  const old = mapAt(before, "spec");
  inspectAccess(before && mapAt(old, "accessControl"), mapAt(spec, "accessControl"), raise);
  inspectApi(before && mapAt(old, "api"), mapAt(spec, "api"), raise);
  inspectSecrets(before && mapAt(old, "secrets"), mapAt(spec, "secrets"), raise);
  const hot = (from: Fields) => mapsAt(from, "features").find(({ name }) => name === "HotReload")?.enabled;
  if (hot(spec) !== false && (!before || hot(old) === false))
    raise("dapr-hot-reload", "the feature HotReload is not switched off");
}

function inspectAccess(before: Fields | undefined, after: Fields, raise: Tell): void {
  const isOpen = (control: Fields): boolean => control.defaultAction !== "deny";
  if (isOpen(after) && (!before || !isOpen(before))) {
    raise(
      "dapr-access-wider",
      canonical(after) === "{}"
        ? "there is no access control: every app may call it"
        : "defaultAction is not deny: every app may call it",
    );
  }
  if (!before) return;
  const had = new Set(allowedCalls(before));
  const has = new Set(allowedCalls(after));
  const covers = (calls: ReadonlySet<string>, call: string): boolean => {
    const [app, , domain, route, verb] = call.split(" ");
    return (
      calls.has(call) ||
      (verb !== "*" && calls.has(`${app} of ${domain} ${route} *`)) ||
      calls.has(`${app} of ${domain} * *`)
    );
  };
  const gained = [...has].filter((call) => !covers(had, call));
  if (gained.length > 0) raise("dapr-access-wider", `allowed: ${someOf(gained)}`);
  const lost = [...had].filter((call) => !covers(has, call));
  if (lost.length > 0) raise("dapr-access-narrower", `no longer allowed: ${someOf(lost)}`);
  const denied = new Set(deniedCalls(after));
  if (deniedCalls(before).some((call) => !denied.has(call)))
    raise("dapr-access-wider", "an operation that was denied is no longer");
  if (before.trustDomain !== after.trustDomain)
    raise("dapr-access-wider", `trustDomain: ${String(before.trustDomain)} becomes ${String(after.trustDomain)}`);
}

function inspectApi(before: Fields | undefined, after: Fields, raise: Tell): void {
  const allowed = mapsAt(after, "allowed").map(canonical);
  if (allowed.length === 0 && (!before || mapsAt(before, "allowed").length > 0))
    raise("dapr-api-wider", "nothing limits the sidecar's API (api.allowed is empty)");
  if (!before) return;
  const had = new Set(mapsAt(before, "allowed").map(canonical));
  const gained = mapsAt(after, "allowed").filter((api) => had.size > 0 && !had.has(canonical(api)));
  if (gained.length > 0)
    raise(
      "dapr-api-wider",
      `allowed: ${someOf(gained.map(({ name, protocol }) => `${String(name)} (${String(protocol)})`))}`,
    );
  const denied = new Set(mapsAt(after, "denied").map(canonical));
  if (mapsAt(before, "denied").some((api) => !denied.has(canonical(api))))
    raise("dapr-api-wider", "an API that was denied is no longer");
}

/** A store without a scope is readable as a whole. */
function inspectSecrets(before: Fields | undefined, after: Fields, raise: Tell): void {
  if (!before) return;
  const scopes = (secrets: Fields) =>
    new Map(mapsAt(secrets, "scopes").map((scope) => [String(scope.storeName), scope]));
  const now = scopes(after);
  for (const [store, old] of scopes(before)) {
    const scope = now.get(store);
    if (!scope) {
      raise("dapr-secrets-wider", `${store} has no scope: all of it may be read`);
      continue;
    }
    if (old.defaultAccess === "deny" && scope.defaultAccess !== "deny")
      raise("dapr-secrets-wider", `${store}: defaultAccess is no longer deny`);
    const had = new Set(textsAt(old, "allowedSecrets"));
    const gained = textsAt(scope, "allowedSecrets").filter((secret) => !had.has(secret));
    if (gained.length > 0) raise("dapr-secrets-wider", `${store}: ${someOf(gained)}`);
    const denied = new Set(textsAt(scope, "deniedSecrets"));
    if (textsAt(old, "deniedSecrets").some((secret) => !denied.has(secret)))
      raise("dapr-secrets-wider", `${store}: a denied secret is no longer denied`);
  }
}

const topicScopes = new Set(["publishingScopes", "subscriptionScopes", "allowedTopics", "protectedTopics"]);

function inspectComponent({ before }: Subject, after: Manifest, raise: Tell): void {
  if (!before) {
    raise(
      "dapr-new-component",
      `${textAt(after, "spec", "type") ?? "?"}, for ${someOf(textsAt(after, "scopes")) || "every app"}`,
    );
    return;
  }
  if (at(before, "spec", "type") !== at(after, "spec", "type")) {
    raise("dapr-component-type", `${String(at(before, "spec", "type"))} becomes ${String(at(after, "spec", "type"))}`);
  }
  const metadata = (manifest: Manifest) =>
    new Map(mapsAt(manifest, "spec", "metadata").map((entry) => [String(entry.name), entry]));
  const [old, now] = [metadata(before), metadata(after)];
  const changed: string[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    if (canonical(old.get(name)) === canonical(now.get(name))) continue;
    if (topicScopes.has(name)) inspectTopics(name, old.get(name)?.value, now.get(name)?.value, raise);
    else changed.push(name);
  }
  for (const field of ["version", "ignoreErrors", "initTimeout"]) {
    if (at(before, "spec", field) !== at(after, "spec", field)) changed.push(field);
  }
  if (changed.length > 0) raise("dapr-component-changed", someOf(changed));
}

/** `app=topic,topic;app=topic`, or a list of topics. */
function inspectTopics(name: string, before: Value | undefined, after: Value | undefined, raise: Tell): void {
  const pairs = (value: Value | undefined): Set<string> =>
    new Set(
      String(value ?? "")
        .split(";")
        .flatMap((part) => {
          const [app = "", topics] = part.split("=");
          return (topics ?? app)
            .split(",")
            .map((topic) => (topics === undefined ? topic.trim() : `${app.trim()} ${topic.trim()}`));
        })
        .filter((pair) => pair.trim() !== ""),
    );
  const apps = (value: Value | undefined): Set<string> =>
    new Set(
      String(value ?? "")
        .split(";")
        .map((part) => (part.split("=")[0] ?? "").trim()),
    );
  const [old, now] = [pairs(before), pairs(after)];
  // Protected topics are those that need a scope: fewer is wider. An app that is not named in scopes may use every topic.
  const gained =
    name === "protectedTopics" ? [...old].filter((pair) => !now.has(pair)) : [...now].filter((pair) => !old.has(pair));
  const unnamed = name.endsWith("Scopes") ? [...apps(before)].filter((app) => app !== "" && !apps(after).has(app)) : [];
  if (after === undefined) raise("dapr-topics-wider", `${name} is gone: every topic is allowed`);
  else if (gained.length > 0) raise("dapr-topics-wider", `${name}: ${someOf(gained)}`);
  else if (unnamed.length > 0) raise("dapr-topics-wider", `${name} no longer limits ${someOf(unnamed)}`);
  else raise("dapr-component-changed", name);
}

/** Annotations of a pod template that protect it, and what they must not become. */
const guarded = [
  "enabled",
  "app-id",
  "config",
  "api-token-secret",
  "app-token-secret",
  "disable-builtin-k8s-secret-store",
  "sidecar-seccomp-profile-type",
  "enable-app-health-check",
  "env-from-secret",
  "env",
  "sidecar-image",
  "sidecar-listen-addresses",
  "unix-domain-socket-path",
  "volume-mounts",
  "volume-mounts-rw",
  "enable-debug",
];

function inspectAnnotations(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const now = podOf(after)?.annotations;
  const old = podOf(before)?.annotations;
  if (!now || !old) return;
  for (const name of guarded) {
    const key = `dapr.io/${name}`;
    if (old[key] === now[key]) continue;
    raise("dapr-sidecar", `${key}: ${String(old[key] ?? "unset")} becomes ${String(now[key] ?? "unset")}`);
  }
}
