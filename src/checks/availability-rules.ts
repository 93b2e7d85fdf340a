import { isPureConsumer } from "#model/system";
import { isServing, selects, type Workload, workloadsByNamespace, workloadsOf } from "./pods.ts";
import { at, fieldsAt, listAt, textAt, textMapAt } from "./read.ts";
import { autoscalersOf, leastReplicas, mostReplicas } from "./replicas.ts";
import type { Rendering, Resource, Rule } from "./rule.ts";

const budgetSelector = ({ manifest }: Resource) => textMapAt(manifest.spec, "selector", "matchLabels");

const protectedBy = (rendering: Rendering, { resource, labels }: Workload): Resource[] =>
  rendering
    .ofKind("PodDisruptionBudget")
    .filter(
      (budget) =>
        budget.manifest.metadata.namespace === resource.manifest.metadata.namespace &&
        selects(budgetSelector(budget), labels),
    );

/** Pods that may be away at once; a share is of the replicas, rounded up as Kubernetes does. */
const scaled = (value: unknown, replicas: number): number =>
  typeof value === "string" && value.endsWith("%")
    ? Math.ceil((Number(value.slice(0, -1)) / 100) * replicas)
    : Number(value);

const evictable: Rule = {
  id: "disruption-budget-evictable",
  reason: "A budget that never allows an eviction stops every node's drain, and with it cluster upgrades.",
  remedy: "Use maxUnavailable: 1, and no budget for a single replica",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("PodDisruptionBudget")) {
      const { namespace = "" } = resource.manifest.metadata;
      const workload = workloadsByNamespace(rendering)
        .get(namespace)
        ?.find(({ labels }) => selects(budgetSelector(resource), labels));
      if (!workload) continue;
      const replicas = leastReplicas(rendering, workload);
      const { minAvailable, maxUnavailable } = fieldsAt(resource.manifest.spec);
      const allowed =
        maxUnavailable === undefined ? replicas - scaled(minAvailable, replicas) : scaled(maxUnavailable, replicas);
      if (!(allowed >= 1)) yield { resource, problem: `with ${replicas} replicas it allows no eviction` };
    }
  },
};

const budgeted: Rule = {
  id: "disruption-budget-missing",
  reason: "Without a budget a drain may evict all replicas at once.",
  remedy: "Add a PodDisruptionBudget that selects its pods, one only",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (!isServing(workload) || leastReplicas(rendering, workload) < 2) continue;
      const budgets = protectedBy(rendering, workload);
      if (budgets.length === 1) continue;
      yield { resource: workload.resource, problem: `${budgets.length || "no"} disruption budgets select its pods` };
    }
  },
};

const oneAutoscaler: Rule = {
  id: "autoscaler-single",
  reason: "KEDA refuses a workload that an HPA owns, and two autoscalers undo each other's work.",
  remedy: "Keep a ScaledObject for subscribers and an HPA for everything else, on a workload that is rendered",
  severity: "error",
  *check(rendering) {
    const targets = new Set(workloadsOf(rendering).map(({ resource }) => targetKey(resource)));
    const owners = new Map<string, string>();
    for (const { resource, target } of autoscalersOf(rendering)) {
      const owner = owners.get(target);
      if (owner) yield { resource, problem: `${owner} scales the same workload` };
      else owners.set(target, `${resource.manifest.kind} ${resource.manifest.metadata.name}`);
      if (!targets.has(target)) yield { resource, problem: `what it scales, ${target}, is not rendered` };
    }
  },
};

const targetKey = ({ manifest: { kind, metadata } }: Resource): string =>
  `${metadata.namespace ?? ""}/${kind}/${metadata.name}`;

const replicasOmitted: Rule = {
  id: "autoscaler-owns-replicas",
  reason: "A number in Git and an autoscaler's would be set in turn, at every sync.",
  remedy: "Leave spec.replicas out under an autoscaler",
  severity: "error",
  *check(rendering) {
    const scaled = new Set(autoscalersOf(rendering).map(({ target }) => target));
    for (const { resource } of workloadsOf(rendering)) {
      if (scaled.has(targetKey(resource)) && at(resource.manifest.spec, "replicas") !== undefined) {
        yield { resource, problem: "it says its replicas, which an autoscaler decides" };
      }
    }
  },
};

const bounds: Rule = {
  id: "autoscaler-bounds",
  reason: "An autoscaler whose least is above its most is refused by the API server, and zero loses the first request.",
  remedy: "Give at least 1 replica and a maximum that is not smaller",
  severity: "error",
  *check(rendering) {
    for (const { resource, min, max } of autoscalersOf(rendering)) {
      if (!(min >= 1 && min <= max)) yield { resource, problem: `it scales from ${min} to ${max} replicas` };
    }
  },
};

const partitions: Rule = {
  id: "consumer-partitions",
  reason: "A consumer group gives each partition to one member: further replicas idle.",
  remedy: "Lower the service's scale, or raise the partitions of its largest topic",
  severity: "error",
  *check(rendering) {
    const { model } = rendering;
    for (const workload of workloadsOf(rendering)) {
      const { name } = workload.resource.manifest.metadata;
      const service = model.services[name];
      if (!isServing(workload) || !service || !isPureConsumer(model, name, service)) continue;
      const most = Math.max(...service.subscribes.map((topic) => model.topics[topic]?.partitions ?? 0));
      const replicas = mostReplicas(rendering, workload);
      if (replicas > most) {
        yield {
          resource: workload.resource,
          problem: `up to ${replicas} replicas share the ${most} partitions of its largest topic`,
        };
      }
    }
  },
};

const spreads: Rule = {
  id: "replicas-spread",
  reason: "Replicas that share one node fall together.",
  remedy: "Add spread() to the pod, with the labels of its own pods",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (!isServing(workload) || leastReplicas(rendering, workload) < 2) continue;
      const constraints = [
        ...listAt(workload.pod, "topologySpreadConstraints"),
        ...[
          "preferredDuringSchedulingIgnoredDuringExecution",
          "requiredDuringSchedulingIgnoredDuringExecution",
        ].flatMap((when) =>
          listAt(workload.pod, "affinity", "podAntiAffinity", when).map((term) =>
            "podAffinityTerm" in term ? fieldsAt(term, "podAffinityTerm") : term,
          ),
        ),
      ];
      const byHost = constraints.some(
        (constraint) =>
          textAt(constraint, "topologyKey") === "kubernetes.io/hostname" &&
          selects(textMapAt(constraint, "labelSelector", "matchLabels"), workload.labels),
      );
      if (!byHost) yield { resource: workload.resource, problem: "nothing keeps its replicas on different nodes" };
    }
  },
};

export const availabilityRules: readonly Rule[] = [
  evictable,
  budgeted,
  oneAutoscaler,
  replicasOmitted,
  bounds,
  partitions,
  spreads,
];
