import type { Manifest } from "#emit/document";
import { at, canonical, type Fields, listAt, mapAt, mapsAt, numberAt, type Value } from "../value.ts";
import { type Container, containersOf, isWorkload, type PodTemplate, podOf } from "./pods.ts";
import { quantity } from "./quantity.ts";
import { danger, info, type Raise, ruleSet, type Subject, someOf, warning } from "./rule.ts";

/** Replicas that a resource asks for, with what happens at none. */
const counts: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [["spec", "replicas"]],
  StatefulSet: [["spec", "replicas"]],
  ReplicaSet: [["spec", "replicas"]],
  HorizontalPodAutoscaler: [
    ["spec", "minReplicas"],
    ["spec", "maxReplicas"],
  ],
  ScaledObject: [
    ["spec", "minReplicaCount"],
    ["spec", "maxReplicaCount"],
    ["spec", "idleReplicaCount"],
  ],
  ScaledJob: [["spec", "maxReplicaCount"]],
  Job: [["spec", "parallelism"]],
  Cluster: [["spec", "instances"]],
  Pooler: [["spec", "instances"]],
  EnvoyProxy: [["spec", "provider", "kubernetes", "envoyDeployment", "replicas"]],
};

export const workloads = ruleSet(
  {
    "replicas-zero": danger("Nothing runs, or nothing may run."),
    "fewer-replicas": warning("Fewer replicas carry the load, or fewer may be added."),
    "replicas-unset": warning(
      "A number of replicas is no longer said: the default, or what the cluster has now, counts.",
    ),
    "limits-removed": danger(
      "A container may take all memory or CPU of its node, or is scheduled without asking for any.",
    ),
    "limits-lower": warning("A container gets less: it may be killed or throttled."),
    "resources-raised": info("A container asks for more: nodes must have it, and it costs."),
    "probes-removed": warning("Kubernetes no longer notices that a container hangs or is not ready."),
    "probes-changed": info("A container's health is judged in another way."),
    "spread-weaker": warning("Replicas may end up on one node or in one zone."),
    "placement-changed": info("Pods run on other nodes or with another priority."),
    "rollout-weaker": warning("A rollout takes away more at once, or pods get less time to finish."),
    "command-changed": warning("A container runs another program."),
    "environment-changed": info("A container gets other variables."),
    "container-added": warning("Another container runs in the pods."),
    "container-removed": warning("A container no longer runs in the pods."),
    "autoscaling-changed": warning("Replicas follow the load in another way."),
    "schedule-changed": warning("A job runs at other times."),
    suspended: danger("A workload or its scaling is paused."),
    "disruption-weaker": warning("A node's drain may take away more replicas at once."),
    "disruption-blocks": warning("A budget allows no disruption: nodes cannot be drained."),
  },
  (subject, raise) => {
    const { before, after, kind } = subject;
    if (!after) return;
    inspectCounts(subject, after, raise);
    if (kind === "PodDisruptionBudget") inspectBudget(before, after, raise);
    const now = podOf(after);
    const old = podOf(before);
    if (now) inspectContainers(old, now, raise);
    if (!before) return;
    if (now && old) inspectPod(old, now, raise);
    if (isWorkload(kind)) inspectRollout(before, after, raise);
    if (["HorizontalPodAutoscaler", "ScaledObject", "ScaledJob"].includes(kind)) {
      for (const field of [
        "metrics",
        "triggers",
        "scaleTargetRef",
        "advanced",
        "behavior",
        "fallback",
        "pollingInterval",
        "cooldownPeriod",
      ]) {
        if (canonical(at(before, "spec", field)) !== canonical(at(after, "spec", field)))
          raise("autoscaling-changed", `spec.${field} changed`);
      }
    }
    if (kind === "CronJob" || kind === "ScheduledBackup") {
      for (const field of ["schedule", "timeZone", "concurrencyPolicy"]) {
        if (at(before, "spec", field) !== at(after, "spec", field))
          raise("schedule-changed", words(`spec.${field}`, at(before, "spec", field), at(after, "spec", field)));
      }
    }
  },
);

type Tell = Raise<keyof typeof workloads.rules & string>;

const shown = (value: Value | undefined): string =>
  value === undefined ? "unset" : typeof value === "object" ? canonical(value) : String(value);
const words = (path: string, before: Value | undefined, after: Value | undefined): string =>
  `${path}: ${shown(before)} becomes ${shown(after)}`;

function inspectCounts({ before, kind }: Subject, after: Manifest, raise: Tell): void {
  for (const path of Object.hasOwn(counts, kind) ? (counts[kind] ?? []) : []) {
    const [old, now] = [numberAt(before, ...path), numberAt(after, ...path)];
    const text = words(path.join("."), at(before, ...path), at(after, ...path));
    if (now !== undefined && now <= 0 && (old === undefined || old > 0)) raise("replicas-zero", text);
    else if (old !== undefined && now !== undefined && now < old) raise("fewer-replicas", text);
    else if (old !== undefined && now === undefined) raise("replicas-unset", text);
  }
  const paused = (manifest: Manifest | undefined): string[] => {
    const annotations = mapAt(manifest, "metadata", "annotations");
    return [
      at(manifest, "spec", "suspend") === true && "spec.suspend is true",
      at(manifest, "spec", "paused") === true && "spec.paused is true",
      annotations["autoscaling.keda.sh/paused"] !== undefined && "KEDA is paused",
      annotations["autoscaling.keda.sh/paused-replicas"] !== undefined && "KEDA holds a fixed number of replicas",
      annotations["cnpg.io/hibernation"] === "on" && "the database hibernates",
    ].filter((text) => text !== false);
  };
  const had = new Set(paused(before));
  for (const text of paused(after)) if (!had.has(text)) raise("suspended", text);
}

function inspectContainers(old: PodTemplate | undefined, now: PodTemplate, raise: Tell): void {
  const had = new Map(old && containersOf(old).map((container) => [container.name, container]));
  for (const container of containersOf(now)) {
    const before = had.get(container.name);
    had.delete(container.name);
    if (old && !before)
      raise("container-added", `${container.init ? "init container" : "container"} ${container.name} is new`);
    inspectResources(before, container, raise);
    if (before) inspectContainer(before, container, raise);
  }
  for (const name of had.keys()) raise("container-removed", `container ${name} is gone`);
  if (old) inspectSidecar(old.annotations, now.annotations, raise);
}

function inspectResources(before: Container | undefined, { name, fields }: Container, raise: Tell): void {
  for (const part of ["requests", "limits"]) {
    const old = before ? mapAt(before.fields, "resources", part) : {};
    const now = mapAt(fields, "resources", part);
    if (!before && now.memory === undefined)
      raise("limits-removed", `container ${name} has no memory ${part.slice(0, -1)}`);
    for (const resource of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const text = words(`${resource} ${part.slice(0, -1)} of container ${name}`, old[resource], now[resource]);
      compareAmounts(before !== undefined, old[resource], now[resource], text, raise);
    }
  }
}

function compareAmounts(
  known: boolean,
  before: Value | undefined,
  after: Value | undefined,
  text: string,
  raise: Tell,
): void {
  if (!known) return;
  const [old, now] = [quantity(before), quantity(after)];
  if (before !== undefined && (after === undefined || now === undefined)) raise("limits-removed", text);
  else if (old !== undefined && now !== undefined && now < old) raise("limits-lower", text);
  else if (now !== undefined && (old === undefined || now > old)) raise("resources-raised", text);
}

/** Dapr's sidecar says its resources in annotations. */
function inspectSidecar(before: Fields, after: Fields, raise: Tell): void {
  for (const what of ["cpu-request", "cpu-limit", "memory-request", "memory-limit"]) {
    const key = `dapr.io/sidecar-${what}`;
    compareAmounts(true, before[key], after[key], words(key, before[key], after[key]), raise);
  }
}

function inspectContainer(before: Container, { name, fields }: Container, raise: Tell): void {
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const [old, now] = [before.fields[probe], fields[probe]];
    if (old !== undefined && now === undefined) raise("probes-removed", `container ${name} has no ${probe}`);
    else if (canonical(old) !== canonical(now)) raise("probes-changed", `${probe} of container ${name} changed`);
  }
  for (const field of ["command", "args", "workingDir", "lifecycle"]) {
    if (canonical(before.fields[field]) !== canonical(fields[field])) {
      if (field === "lifecycle") raise("rollout-weaker", `lifecycle of container ${name} changed`);
      else raise("command-changed", words(`${field} of container ${name}`, before.fields[field], fields[field]));
    }
  }
  const variables = (container: Fields) =>
    new Map(mapsAt(container, "env").map((entry) => [String(entry.name), canonical(entry)]));
  const [old, now] = [variables(before.fields), variables(fields)];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
  if (changed.length > 0) raise("environment-changed", `${someOf(changed)} of container ${name}`);
  if (canonical(before.fields.envFrom) !== canonical(fields.envFrom))
    raise("environment-changed", `envFrom of container ${name}`);
}

function inspectPod({ spec: before }: PodTemplate, { spec: after }: PodTemplate, raise: Tell): void {
  const strict = (pod: Fields) => [
    ...mapsAt(pod, "topologySpreadConstraints").map(
      (constraint) => `${shown(constraint.topologyKey)} ${shown(constraint.whenUnsatisfiable)}`,
    ),
    ...listAt(pod, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").map(canonical),
    ...listAt(pod, "affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution").map(canonical),
  ];
  const kept = new Set(strict(after));
  if (strict(before).some((rule) => !kept.has(rule)))
    raise("spread-weaker", "a rule that spreads the pods is gone or changed");
  const skew = (pod: Fields) =>
    mapsAt(pod, "topologySpreadConstraints").map((constraint) => numberAt(constraint, "maxSkew") ?? 1);
  if (Math.max(...skew(after), 1) > Math.max(...skew(before), 1)) raise("spread-weaker", "maxSkew is higher");
  for (const field of [
    "nodeSelector",
    "tolerations",
    "priorityClassName",
    "schedulerName",
    "runtimeClassName",
    "nodeName",
  ]) {
    if (canonical(before[field]) !== canonical(after[field])) raise("placement-changed", `${field} changed`);
  }
  for (const part of ["nodeAffinity", "podAffinity"]) {
    if (canonical(at(before, "affinity", part)) !== canonical(at(after, "affinity", part)))
      raise("placement-changed", `${part} changed`);
  }
  const [old, now] = [
    numberAt(before, "terminationGracePeriodSeconds") ?? 30,
    numberAt(after, "terminationGracePeriodSeconds") ?? 30,
  ];
  if (now < old) raise("rollout-weaker", words("terminationGracePeriodSeconds", old, now));
}

function inspectRollout(before: Manifest, after: Manifest, raise: Tell): void {
  for (const field of ["strategy", "updateStrategy"]) {
    if (canonical(at(before, "spec", field)) === canonical(at(after, "spec", field))) continue;
    raise("rollout-weaker", words(`spec.${field}`, at(before, "spec", field), at(after, "spec", field)));
  }
  for (const field of ["minReadySeconds", "progressDeadlineSeconds", "activeDeadlineSeconds", "backoffLimit"]) {
    const [old, now] = [numberAt(before, "spec", field), numberAt(after, "spec", field)];
    if (old !== undefined && (now === undefined || now < old))
      raise("rollout-weaker", words(`spec.${field}`, old, now));
  }
}

function inspectBudget(before: Manifest | undefined, after: Manifest, raise: Tell): void {
  const field = (manifest: Manifest | undefined, name: string) => at(manifest, "spec", name);
  const none = /^0%?$/.test(String(field(after, "maxUnavailable") ?? "")) || field(after, "minAvailable") === "100%";
  const wasNone =
    /^0%?$/.test(String(field(before, "maxUnavailable") ?? "")) || field(before, "minAvailable") === "100%";
  if (none && !wasNone) raise("disruption-blocks", "no pod may be away at any time");
  if (!before) return;
  const amount = (value: Value | undefined): number | undefined =>
    quantity(typeof value === "string" ? value.replace("%", "") : value);
  for (const [name, weaker] of [
    ["minAvailable", -1],
    ["maxUnavailable", 1],
  ] as const) {
    const [old, now] = [field(before, name), field(after, name)];
    if (canonical(old) === canonical(now)) continue;
    const [a, b] = [amount(old), amount(now)];
    const sameUnit = String(old).endsWith("%") === String(now).endsWith("%");
    if (a === undefined || b === undefined || !sameUnit || (b - a) * weaker > 0)
      raise("disruption-weaker", words(`spec.${name}`, old, now));
  }
  if (canonical(field(before, "selector")) !== canonical(field(after, "selector")))
    raise("disruption-weaker", "spec.selector changed: other pods are protected");
}
