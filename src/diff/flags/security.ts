/** What a pod may do to its node and to others, judged by what takes effect: the container's setting, else the pod's. */
import { at, type Fields, listAt, mapAt, mapsAt, numberAt, textAt, textsAt, type Value } from "../value.ts";
import { type Container, containersOf, type PodTemplate, podOf } from "./pods.ts";
import { danger, ruleSet, someOf, warning } from "./rule.ts";

type Weakness = readonly [rule: "privileged" | "less-confined", words: string];

export const security = ruleSet(
  {
    privileged: danger("A container gets power over its node or over other pods."),
    "less-confined": warning("A container is confined less than it was."),
    "pod-identity": danger("Pods run under another service account: other rights, other cloud identity."),
    "token-mounted": danger("A pod gets a token for the Kubernetes API or another audience."),
    "pod-labels": danger("Pods carry other labels, by which policies, Services and budgets select them."),
    "pod-security-lower": danger("A namespace admits pods that it refused."),
    "pod-security-silent": warning("A namespace no longer warns of or records pods that break its standard."),
    "namespace-labels": danger("A namespace carries other labels, by which policies, stores and webhooks select it."),
  },
  ({ before, after, kind, comparison, pair }, raise) => {
    if (!after) return;
    if (kind === "Namespace") {
      inspectNamespace(before && mapAt(before, "metadata", "labels"), mapAt(after, "metadata", "labels"), raise);
      return;
    }
    const now = podOf(after);
    if (!now) return;
    const old = podOf(before);
    const had = new Set(old && [...weaknessesOf(old)].map(([, words]) => words));
    for (const [rule, words] of weaknessesOf(now)) if (!had.has(words)) raise(rule, words);
    const tokens = new Set(old && tokensOf(old));
    for (const token of tokensOf(now)) if (!tokens.has(token)) raise("token-mounted", token);
    if (!old) return;
    const account = (pod: PodTemplate) =>
      textAt(pod.spec, "serviceAccountName") ?? textAt(pod.spec, "serviceAccount") ?? "default";
    if (account(old) !== account(now)) raise("pod-identity", `service account ${account(old)} becomes ${account(now)}`);
    const changed = changedKeys(old.labels, now.labels);
    if (changed.length > 0) {
      const sides = [comparison.base, comparison.head].map((side) => side.selectorKeys(pair.environment));
      const used = changed.filter((key) => sides.some((keys) => keys.has(key)));
      if (used.length > 0) raise("pod-labels", `something selects pods by ${someOf(used)}`);
    }
  },
);

const changedKeys = (before: Fields, after: Fields): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]);

function* weaknessesOf(pod: PodTemplate): Iterable<Weakness> {
  const { spec } = pod;
  for (const field of ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"]) {
    if (spec[field] === true)
      yield [field === "shareProcessNamespace" ? "less-confined" : "privileged", `${field} is true`];
  }
  if (spec.hostUsers === true) yield ["less-confined", "hostUsers is true"];
  for (const volume of mapsAt(spec, "volumes")) {
    const path = textAt(volume, "hostPath", "path");
    if (volume.hostPath !== undefined)
      yield ["privileged", `volume ${String(volume.name)} is the node's ${path ?? "file system"}`];
  }
  for (const sysctl of mapsAt(spec, "securityContext", "sysctls"))
    yield ["privileged", `sysctl ${String(sysctl.name)} is set`];
  for (const group of [
    ...listAt(spec, "securityContext", "supplementalGroups"),
    at(spec, "securityContext", "fsGroup"),
  ]) {
    if (group === 0) yield ["less-confined", "its processes belong to group 0"];
  }
  for (const container of containersOf(pod)) yield* containerWeaknesses(pod, container);
}

function* containerWeaknesses(pod: PodTemplate, { name, fields }: Container): Iterable<Weakness> {
  const own = mapAt(fields, "securityContext");
  const shared = mapAt(pod.spec, "securityContext");
  const effective = (field: string): Value | undefined => own[field] ?? shared[field];
  const who = `container ${name}`;
  if (own.privileged === true) yield ["privileged", `${who} is privileged`];
  if (own.allowPrivilegeEscalation !== false)
    yield ["privileged", `${who} may gain privileges (allowPrivilegeEscalation is not false)`];
  for (const capability of textsAt(own, "capabilities", "add"))
    yield ["privileged", `${who} has the capability ${capability}`];
  const dropped = textsAt(own, "capabilities", "drop");
  if (!dropped.some((capability) => capability.toUpperCase() === "ALL")) {
    yield [
      "privileged",
      `${who} keeps default capabilities (it does not drop ALL${dropped.length > 0 ? `, only ${dropped.join(", ")}` : ""})`,
    ];
  }
  if (effective("runAsNonRoot") !== true) yield ["privileged", `${who} may run as root (runAsNonRoot is not true)`];
  if (effective("runAsUser") === 0) yield ["privileged", `${who} runs as root (runAsUser is 0)`];
  if (effective("runAsGroup") === 0) yield ["less-confined", `${who} runs in the root group`];
  for (const [field, standard] of [
    ["seccompProfile", "RuntimeDefault"],
    ["appArmorProfile", undefined],
  ] as const) {
    const type = textAt(effective(field), "type");
    if (type === "Unconfined") yield ["privileged", `${who} is unconfined (${field})`];
    else if (type !== standard && type !== "Localhost" && standard !== undefined)
      yield ["privileged", `${who} has no ${field}`];
  }
  if (own.readOnlyRootFilesystem !== true)
    yield ["less-confined", `${who} may write to its image's files (readOnlyRootFilesystem is not true)`];
  if (own.procMount !== undefined && own.procMount !== "Default") yield ["privileged", `${who} sees all of /proc`];
  if (own.seLinuxOptions !== undefined) yield ["less-confined", `${who} has SELinux options of its own`];
  for (const port of mapsAt(fields, "ports")) {
    if (numberAt(port, "hostPort")) yield ["privileged", `${who} listens on the node's port ${String(port.hostPort)}`];
  }
  for (const mount of mapsAt(fields, "volumeMounts")) {
    if (mount.mountPropagation === "Bidirectional")
      yield ["privileged", `${who} mounts ${String(mount.mountPath)} into the node`];
  }
}

function* tokensOf(pod: PodTemplate): Iterable<string> {
  if (pod.spec.automountServiceAccountToken !== false)
    yield "the API token is mounted (automountServiceAccountToken is not false)";
  for (const volume of mapsAt(pod.spec, "volumes")) {
    for (const source of mapsAt(volume, "projected", "sources")) {
      if (source.serviceAccountToken === undefined) continue;
      yield `volume ${String(volume.name)} projects a token for ${textAt(source, "serviceAccountToken", "audience") ?? "the Kubernetes API"}`;
    }
  }
}

const standards = ["privileged", "baseline", "restricted"];
const POD_SECURITY = "pod-security.kubernetes.io/";

type TellNamespace = (rule: "pod-security-lower" | "pod-security-silent" | "namespace-labels", words: string) => void;

/** Without a label the cluster's default counts, which is `privileged` unless somebody changed it. */
function inspectNamespace(before: Fields | undefined, after: Fields, raise: TellNamespace): void {
  const level = (labels: Fields, mode: string): number =>
    standards.indexOf(String(labels[POD_SECURITY + mode] ?? "privileged"));
  for (const mode of ["enforce", "audit", "warn"]) {
    const rule = mode === "enforce" ? "pod-security-lower" : "pod-security-silent";
    const now = level(after, mode);
    if (!before) {
      if (mode === "enforce" && now <= 0) raise(rule, "it admits privileged pods");
      continue;
    }
    const shown = (labels: Fields): string => String(labels[POD_SECURITY + mode] ?? "unset");
    if (now < level(before, mode)) raise(rule, `${mode}: ${shown(before)} becomes ${shown(after)}`);
    const version = `${POD_SECURITY}${mode}-version`;
    if (before[version] !== after[version]) {
      raise(
        "pod-security-silent",
        `${mode}-version: ${String(before[version] ?? "latest")} becomes ${String(after[version] ?? "latest")}`,
      );
    }
  }
  const others = before ? changedKeys(before, after).filter((key) => !key.startsWith(POD_SECURITY)) : [];
  if (others.length > 0) raise("namespace-labels", `${someOf(others)} changed`);
}
