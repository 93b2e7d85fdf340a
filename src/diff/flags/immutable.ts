import type { Manifest } from "#emit/document";
import { at, equal, type Fields, mapAt, textAt, type Value } from "../value.ts";
import { danger, ruleSet, type Subject } from "./rule.ts";

/**
 * Fields that an update is refused for, by kind: `spec.selector`, or everything below `spec` but some. Source: the
 * validation of Kubernetes 1.36, pkg/apis/<group>/validation (updates of StatefulSet, PersistentVolumeClaim, Job, ...).
 */
const fixed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [["spec", "selector"]],
  DaemonSet: [["spec", "selector"]],
  ReplicaSet: [["spec", "selector"]],
  Job: [
    ["spec", "selector"],
    ["spec", "template"],
    ["spec", "completionMode"],
    ["spec", "completions"],
    ["spec", "podFailurePolicy"],
    ["spec", "backoffLimitPerIndex"],
    ["spec", "managedBy"],
    ["spec", "successPolicy"],
    ["spec", "manualSelector"],
  ],
  RoleBinding: [["roleRef"]],
  ClusterRoleBinding: [["roleRef"]],
  StorageClass: [["provisioner"], ["parameters"], ["reclaimPolicy"], ["volumeBindingMode"]],
  VolumeAttributesClass: [["driverName"], ["parameters"]],
  PriorityClass: [["value"], ["preemptionPolicy"]],
  IngressClass: [["spec", "controller"]],
  RuntimeClass: [["handler"]],
  CSIDriver: [
    ["spec", "attachRequired"],
    ["spec", "volumeLifecycleModes"],
    ["spec", "fsGroupPolicy"],
  ],
  PersistentVolume: [
    ["spec", "volumeMode"],
    ["spec", "csi"],
    ["spec", "hostPath"],
    ["spec", "local"],
    ["spec", "nfs"],
    ["spec", "nodeAffinity"],
  ],
  CustomResourceDefinition: [
    ["spec", "group"],
    ["spec", "scope"],
    ["spec", "names", "kind"],
    ["spec", "names", "plural"],
  ],
  GatewayClass: [["spec", "controllerName"]],
  // The operators refuse or ignore these.
  KafkaTopic: [["spec", "topicName"]],
};

/** All of `spec` but these. */
const mutable: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
  ],
  PersistentVolumeClaim: ["resources", "volumeAttributesClassName"],
};

/** A resource that Argo CD deletes and creates anew may change as it likes. */
function isReplaced({ metadata }: Manifest): boolean {
  const annotations = mapAt(metadata, "annotations");
  const options = textAt(annotations, "argocd.argoproj.io/sync-options") ?? "";
  const policy = textAt(annotations, "argocd.argoproj.io/hook-delete-policy") ?? "";
  const isHook = annotations["argocd.argoproj.io/hook"] !== undefined;
  // Without a delete policy a hook is deleted before it is created.
  return (
    (/\bReplace=true\b/.test(options) && /\bForce=true\b/.test(options)) ||
    (isHook && (policy === "" || policy.includes("BeforeHookCreation") || policy.includes("HookSucceeded")))
  );
}

export const immutable = ruleSet(
  {
    "immutable-field": danger(
      "The API server refuses a change of this field: the sync fails until somebody deletes the resource.",
    ),
  },
  ({ before, after, kind, renamed }: Subject, raise) => {
    if (!before || !after || renamed || isReplaced(after)) return;
    const refuse = (path: string): void => raise("immutable-field", `${path} of a ${kind} cannot be changed`);
    for (const path of Object.hasOwn(fixed, kind) ? (fixed[kind] ?? []) : []) {
      if (!equal(at(before, ...path), at(after, ...path))) refuse(path.join("."));
    }
    const open = Object.hasOwn(mutable, kind) ? mutable[kind] : undefined;
    if (open) {
      const old = mapAt(before, "spec");
      const now = mapAt(after, "spec");
      for (const field of new Set([...Object.keys(old), ...Object.keys(now)])) {
        if (!open.includes(field) && !equal(old[field], now[field])) refuse(`spec.${field}`);
      }
    }
    if (kind === "Service") for (const path of fixedOfService(before, after)) refuse(path);
    if (kind === "Secret" || kind === "ConfigMap") for (const path of fixedOfData(before, after)) refuse(path);
    if (kind === "PersistentVolumeClaim" && requestsOtherThanStorage(before, after)) refuse("spec.resources");
  },
);

/** Cluster addresses may be given up or added, never exchanged, except with the type ExternalName. */
function* fixedOfService(before: Manifest, after: Manifest): Iterable<string> {
  if (textAt(before, "spec", "type") === "ExternalName" || textAt(after, "spec", "type") === "ExternalName") return;
  for (const field of ["clusterIP", "loadBalancerClass", "healthCheckNodePort"]) {
    const [old, now] = [at(before, "spec", field), at(after, "spec", field)];
    // A headless Service differs from one that never said so.
    const matters = old !== undefined && now !== undefined ? true : old === "None" || now === "None";
    if (matters && !equal(old, now)) yield `spec.${field}`;
  }
  for (const field of ["clusterIPs", "ipFamilies"]) {
    const [old, now] = [at(before, "spec", field), at(after, "spec", field)];
    if (Array.isArray(old) && Array.isArray(now) && !equal(old[0], now[0])) yield `spec.${field}`;
  }
}

function* fixedOfData(before: Manifest, after: Manifest): Iterable<string> {
  if (before.kind === "Secret" && (before.type ?? "Opaque") !== (after.type ?? "Opaque")) yield "type";
  if (before.immutable !== true) return;
  if (after.immutable !== true) yield "immutable";
  for (const field of ["data", "binaryData", "stringData"]) {
    if (!equal(at(before, field), at(after, field))) yield field;
  }
}

const withoutStorage = (manifest: Manifest): Value => {
  const resources = mapAt(manifest, "spec", "resources") as Fields;
  return { ...resources, requests: { ...mapAt(resources, "requests"), storage: null } };
};

const requestsOtherThanStorage = (before: Manifest, after: Manifest): boolean =>
  !equal(withoutStorage(before), withoutStorage(after));
