import type { Manifest } from "#emit/document";
import { at, canonical, type Fields, mapAt, mapsAt, textAt, textsAt, type Value } from "../value.ts";
import { parseVersion } from "./image-reference.ts";
import { danger, info, type Raise, ruleSet, someOf, warning } from "./rule.ts";

export const argocd = ruleSet(
  {
    "chart-version": warning("A chart has another version: it may render anything else."),
    "chart-major": danger("A chart changes its major version."),
    "chart-values": warning("A chart gets other values: what it renders is not shown here."),
    "chart-source": danger("A chart, or what is delivered, comes from somewhere else."),
    "source-revision": danger("An Application follows another branch, commit or folder."),
    "application-scope": danger("An Application delivers to another cluster, namespace or project."),
    "application-new": info("An Application is new: what it delivers is applied."),
    "sync-policy": warning("Argo CD applies, prunes or repairs in another way."),
    "sync-forced": danger("Argo CD replaces or deletes resources to apply a change."),
    "sync-ignored": warning("Argo CD no longer notices differences in some fields."),
    "prune-protection": danger("A protection against pruning or deletion is gone."),
    "sync-order": warning("A resource is applied in another wave or as another kind of hook."),
    "finalizers-changed": warning("What is deleted together with the resource changed."),
    "project-wider": danger("A project allows more sources, destinations or kinds."),
    "project-new": info("A project is new."),
  },
  ({ before, after, kind, group }, raise) => {
    if (!after) return;
    inspectAnnotations(before, after, raise);
    if (group !== "argoproj.io") return;
    if (kind === "Application") inspectApplication(before, after, raise);
    if (kind === "ApplicationSet" && before && canonical(at(before, "spec")) !== canonical(at(after, "spec"))) {
      raise("application-scope", "an ApplicationSet changed: which Applications it makes is not shown here");
    }
    if (kind === "AppProject") inspectProject(before, after, raise);
  },
);

type Tell = Raise<keyof typeof argocd.rules & string>;

const shown = (value: Value | undefined): string =>
  value === undefined ? "unset" : typeof value === "object" ? canonical(value) : String(value);
const words = (path: string, before: Value | undefined, after: Value | undefined): string =>
  `${path}: ${shown(before)} becomes ${shown(after)}`;

function optionsOf(manifest: Manifest): Set<string> {
  const text = textAt(manifest, "metadata", "annotations", "argocd.argoproj.io/sync-options") ?? "";
  return new Set(
    text
      .split(",")
      .map((option) => option.trim())
      .filter(Boolean),
  );
}

function inspectAnnotations(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const now = optionsOf(after);
  if (before) {
    const old = optionsOf(before);
    for (const option of old) {
      if (/^(?:Prune|Delete)=(?:false|confirm)$/i.test(option) && !now.has(option))
        raise("prune-protection", `${option} is gone`);
    }
    const others = [...new Set([...old, ...now])].filter(
      (option) => old.has(option) !== now.has(option) && !/^(?:Prune|Delete|Replace|Force)=/i.test(option),
    );
    if (others.length > 0) raise("sync-policy", `sync options ${someOf(others)}`);
    for (const key of ["sync-wave", "hook", "hook-delete-policy", "sync-options-ignore"]) {
      const [a, b] = [
        textAt(before, "metadata", "annotations", `argocd.argoproj.io/${key}`),
        textAt(after, "metadata", "annotations", `argocd.argoproj.io/${key}`),
      ];
      if (a !== b) raise("sync-order", words(key, a, b));
    }
    for (const key of ["compare-options", "managed-by", "tracking-id"]) {
      const [a, b] = [
        textAt(before, "metadata", "annotations", `argocd.argoproj.io/${key}`),
        textAt(after, "metadata", "annotations", `argocd.argoproj.io/${key}`),
      ];
      if (a !== b) raise("sync-ignored", words(key, a, b));
    }
    const finalizers = (manifest: Manifest) => canonical([...textsAt(manifest, "metadata", "finalizers")].sort());
    if (finalizers(before) !== finalizers(after))
      raise("finalizers-changed", words("finalizers", finalizers(before), finalizers(after)));
  }
  const had = before ? optionsOf(before) : new Set<string>();
  for (const option of now)
    if (/^(?:Replace|Force)=true$/i.test(option) && !had.has(option)) raise("sync-forced", `${option} is set`);
}

const sourcesOf = (manifest: Manifest | undefined): readonly Fields[] => {
  const many = mapsAt(manifest, "spec", "sources");
  const one = mapAt(manifest, "spec", "source");
  return many.length > 0 ? many : Object.keys(one).length > 0 ? [one] : [];
};

function inspectApplication(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  if (!before) {
    raise(
      "application-new",
      someOf(sourcesOf(after).map((source) => `${shown(source.chart ?? source.path)} ${shown(source.targetRevision)}`)),
    );
    return;
  }
  const [old, now] = [sourcesOf(before), sourcesOf(after)];
  if (old.length !== now.length) raise("chart-source", `${old.length} sources become ${now.length}`);
  now.forEach((source, index) => {
    const other = old[index];
    if (other) inspectSource(other, source, raise);
  });
  for (const field of ["destination", "project"]) {
    if (canonical(at(before, "spec", field)) !== canonical(at(after, "spec", field)))
      raise("application-scope", words(`spec.${field}`, at(before, "spec", field), at(after, "spec", field)));
  }
  const policy = (manifest: Manifest) => mapAt(manifest, "spec", "syncPolicy");
  for (const field of new Set([...Object.keys(policy(before)), ...Object.keys(policy(after))])) {
    if (field === "syncOptions") continue;
    const [a, b] = [policy(before)[field], policy(after)[field]];
    if (canonical(a) !== canonical(b)) raise("sync-policy", words(field, a, b));
  }
  const options = (manifest: Manifest) => new Set(textsAt(policy(manifest), "syncOptions"));
  const [oldOptions, nowOptions] = [options(before), options(after)];
  const changed = [...new Set([...oldOptions, ...nowOptions])].filter(
    (option) => oldOptions.has(option) !== nowOptions.has(option),
  );
  const forced = changed.filter((option) => nowOptions.has(option) && /^(?:Replace|Force)=true$/i.test(option));
  if (forced.length > 0) raise("sync-forced", someOf(forced));
  if (changed.length > forced.length) raise("sync-policy", `syncOptions ${someOf(changed)}`);
  if (canonical(at(before, "spec", "ignoreDifferences")) !== canonical(at(after, "spec", "ignoreDifferences")))
    raise("sync-ignored", "spec.ignoreDifferences changed");
}

function inspectSource(before: Fields, after: Fields, raise: Tell): void {
  const isChart = before.chart !== undefined || after.chart !== undefined;
  for (const field of ["repoURL", "chart"])
    if (before[field] !== after[field]) raise("chart-source", words(field, before[field], after[field]));
  if (before.targetRevision !== after.targetRevision) {
    const text = words(
      `${shown(after.chart ?? after.path ?? "targetRevision")}`,
      before.targetRevision,
      after.targetRevision,
    );
    const [old, now] = [parseVersion(before.targetRevision), parseVersion(after.targetRevision)];
    const isMajor = !old || !now || old.numbers[0] !== now.numbers[0];
    raise(isChart ? (isMajor ? "chart-major" : "chart-version") : "source-revision", text);
    if (isChart && isMajor) raise("chart-version", text);
  }
  for (const field of ["path", "directory", "ref"]) {
    if (canonical(before[field]) !== canonical(after[field]))
      raise("source-revision", words(field, before[field], after[field]));
  }
  for (const field of ["helm", "kustomize", "plugin"]) {
    const [a, b] = [mapAt(before, field), mapAt(after, field)];
    const changed = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
      (key) => canonical(a[key]) !== canonical(b[key]),
    );
    if (changed.length > 0) raise("chart-values", `${field}.${someOf(changed)} of ${shown(after.chart ?? after.path)}`);
  }
}

/** Lists that allow, and lists that forbid. */
const allowing = [
  "sourceRepos",
  "destinations",
  "clusterResourceWhitelist",
  "namespaceResourceWhitelist",
  "sourceNamespaces",
  "roles",
  "destinationServiceAccounts",
];
const forbidding = ["clusterResourceBlacklist", "namespaceResourceBlacklist", "syncWindows", "signatureKeys"];

function inspectProject(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const items = (manifest: Manifest | undefined, field: string): string[] =>
    textsAt(manifest, "spec", field).map((item) => item);
  if (!before) {
    raise("project-new", `sources ${someOf(items(after, "sourceRepos")) || "none"}`);
    if (items(after, "sourceRepos").includes("*")) raise("project-wider", "sourceRepos allows every repository");
    return;
  }
  for (const field of allowing) {
    const had = new Set(items(before, field));
    const gained = items(after, field).filter((item) => !had.has(item));
    if (gained.length > 0) raise("project-wider", `${field}: ${someOf(gained)}`);
  }
  for (const field of forbidding) {
    const has = new Set(items(after, field));
    const lost = items(before, field).filter((item) => !has.has(item));
    if (lost.length > 0) raise("project-wider", `${field} no longer has ${someOf(lost)}`);
  }
  // Without a list of namespaced kinds every one is allowed.
  if (
    at(before, "spec", "namespaceResourceWhitelist") !== undefined &&
    at(after, "spec", "namespaceResourceWhitelist") === undefined
  ) {
    raise("project-wider", "namespaceResourceWhitelist is gone: every namespaced kind is allowed");
  }
  if (canonical(at(before, "spec", "orphanedResources")) !== canonical(at(after, "spec", "orphanedResources")))
    raise("sync-ignored", "spec.orphanedResources changed");
}
