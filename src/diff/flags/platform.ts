import type { Manifest } from "#emit/document";
import { at, canonical, equal, type Fields, mapAt, mapsAt, textAt, type Value } from "../value.ts";
import { quantity } from "./quantity.ts";
import { danger, info, type Raise, ruleSet, someOf, warning } from "./rule.ts";

export const platform = ruleSet(
  {
    "crd-version-removed": danger(
      "A version of a custom resource is gone: what is stored or written in it cannot be read.",
    ),
    "crd-changed": warning("The fields of a custom resource changed: what stands in it may be refused or cut."),
    "webhook-weaker": danger("A webhook checks less, or lets pass what it cannot check."),
    "webhook-changed": danger("A webhook asks another service, or changes other resources."),
    "admission-changed": danger("A policy of admission changed."),
    "script-changed": warning("A script that runs in the cluster changed."),
    "config-changed": info("Configuration changed; pods read it at their next start."),
    "quota-lower": warning("A namespace may hold less: new pods may be refused."),
    "quota-higher": info("A namespace may hold more."),
    "limit-range-changed": warning("Containers without requests or limits get others."),
    "alert-changed": warning("An alert is gone, or fires in another way."),
    "scrape-changed": warning("Metrics are read from elsewhere or in another way."),
    "certificate-changed": warning("A certificate is issued for other names, by another issuer, or in another way."),
    "priority-changed": warning("Pods are preferred, or evicted, in another order."),
  },
  (subject, raise) => {
    const { before, after, kind } = subject;
    if (!after) return;
    if (kind === "ConfigMap") inspectConfigMap(before, after, raise);
    if (kind.endsWith("WebhookConfiguration")) inspectWebhooks(before, after, raise);
    if (!before) return;
    if (kind === "CustomResourceDefinition") inspectDefinition(before, after, raise);
    if (kind === "ResourceQuota") inspectQuota(before, after, raise);
    if (kind === "LimitRange" && !equal(at(before, "spec"), at(after, "spec")))
      raise("limit-range-changed", "spec changed");
    if (/^(?:Validating|Mutating)AdmissionPolicy/.test(kind) && !equal(at(before, "spec"), at(after, "spec")))
      raise("admission-changed", "spec changed");
    if (kind === "PrometheusRule") inspectAlerts(before, after, raise);
    if (
      ["ServiceMonitor", "PodMonitor", "ScrapeConfig", "Probe"].includes(kind) &&
      !equal(at(before, "spec"), at(after, "spec"))
    )
      raise("scrape-changed", changedFields(before, after));
    if (["Certificate", "Issuer", "ClusterIssuer"].includes(kind) && !equal(at(before, "spec"), at(after, "spec")))
      raise("certificate-changed", changedFields(before, after));
    if (kind === "PriorityClass" && before.globalDefault !== after.globalDefault)
      raise("priority-changed", "globalDefault changed");
  },
);

type Tell = Raise<keyof typeof platform.rules & string>;

function changedFields(before: Manifest, after: Manifest): string {
  const [old, now] = [mapAt(before, "spec"), mapAt(after, "spec")];
  return `spec.${someOf([...new Set([...Object.keys(old), ...Object.keys(now)])].filter((field) => !equal(old[field], now[field])))} changed`;
}

const isScript = (key: string, value: Value | undefined): boolean =>
  /\.(?:sh|bash|sql|lua|js|ts|mjs|py|rb|pl|awk|cel|rego)$/.test(key) ||
  (typeof value === "string" && /^#!/.test(value));

function inspectConfigMap(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const [old, now] = [
    { ...mapAt(before, "data"), ...mapAt(before, "binaryData") },
    { ...mapAt(after, "data"), ...mapAt(after, "binaryData") },
  ] as [Fields, Fields];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => old[key] !== now[key]);
  const scripts = changed.filter((key) => isScript(key, now[key]) || isScript(key, old[key]));
  if (scripts.length > 0) raise("script-changed", someOf(scripts));
  const others = changed.filter((key) => !scripts.includes(key));
  if (before && others.length > 0) raise("config-changed", someOf(others));
}

function inspectDefinition(before: Manifest, after: Manifest, raise: Tell): void {
  const versions = (manifest: Manifest) =>
    new Map(mapsAt(manifest, "spec", "versions").map((version) => [String(version.name), version]));
  const now = versions(after);
  for (const [name, version] of versions(before)) {
    const other = now.get(name);
    if (!other) raise("crd-version-removed", `version ${name} is gone`);
    else if (version.served === true && other.served !== true)
      raise("crd-version-removed", `version ${name} is no longer served`);
    else if (version.storage !== other.storage)
      raise("crd-version-removed", `version ${name}: storage is ${String(other.storage)}`);
    else if (!equal(version, other)) raise("crd-changed", `version ${name} changed`);
  }
  for (const field of ["conversion", "preserveUnknownFields"]) {
    if (!equal(at(before, "spec", field), at(after, "spec", field))) raise("crd-changed", `spec.${field} changed`);
  }
}

function inspectWebhooks(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const named = (manifest: Manifest | undefined) =>
    new Map(mapsAt(manifest, "webhooks").map((hook) => [String(hook.name), hook]));
  const now = named(after);
  const old = named(before);
  for (const name of now.keys()) if (!old.has(name)) raise("webhook-changed", `${name} is new`);
  for (const [name, hook] of old) {
    const other = now.get(name);
    if (!other) {
      raise("webhook-weaker", `${name} is gone`);
      continue;
    }
    if (textAt(hook, "failurePolicy") !== "Ignore" && other.failurePolicy === "Ignore")
      raise("webhook-weaker", `${name}: failurePolicy is Ignore`);
    for (const field of [
      "rules",
      "namespaceSelector",
      "objectSelector",
      "matchConditions",
      "matchPolicy",
      "sideEffects",
    ]) {
      if (!equal(hook[field], other[field])) raise("webhook-weaker", `${name}: ${field} changed`);
    }
    for (const field of ["clientConfig", "reinvocationPolicy", "timeoutSeconds"]) {
      if (!equal(hook[field], other[field])) raise("webhook-changed", `${name}: ${field} changed`);
    }
  }
}

function inspectQuota(before: Manifest, after: Manifest, raise: Tell): void {
  const [old, now] = [mapAt(before, "spec", "hard"), mapAt(after, "spec", "hard")];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (canonical(old[key]) === canonical(now[key])) continue;
    const [a, b] = [quantity(old[key]), quantity(now[key])];
    const higher = b === undefined || (a !== undefined && b > a);
    raise(
      higher ? "quota-higher" : "quota-lower",
      `${key}: ${String(old[key] ?? "unset")} becomes ${String(now[key] ?? "unset")}`,
    );
  }
}

function inspectAlerts(before: Manifest, after: Manifest, raise: Tell): void {
  const alerts = (manifest: Manifest): Map<string, string> =>
    new Map(
      mapsAt(manifest, "spec", "groups").flatMap((group) =>
        mapsAt(group, "rules").map((rule, index): [string, string] => [
          `${String(rule.alert ?? rule.record)}`.concat(rule.alert === undefined ? ` (${index})` : ""),
          canonical({ ...rule, annotations: null, interval: group.interval ?? null } as Value),
        ]),
      ),
    );
  const now = alerts(after);
  const changed = [...alerts(before)].filter(([name, rule]) => now.get(name) !== rule).map(([name]) => name);
  if (changed.length > 0) raise("alert-changed", someOf(changed));
}
