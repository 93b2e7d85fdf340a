import { namespaces } from "#model/names";
import { SIDECAR_CONTAINER } from "./injected-sidecar.ts";
import { injectedWorkloadsOf } from "./injected-workloads.ts";
import { podSecurityLevel, restrictedProblems } from "./pod-security.ts";
import { containersOf, workloadsOf } from "./pods.ts";
import { fieldsAt, listAt } from "./read.ts";
import type { Rendering, Rule } from "./rule.ts";

/** Smallest user id that no account of a node has. */
const LEAST_UID = 10_000;

const MOUNTS_TOKEN = "todo.dev/mounts-token";

function restrictedNamespaces(rendering: Rendering): ReadonlySet<string> {
  const labelled = rendering
    .ofKind("Namespace")
    .filter(({ manifest }) => podSecurityLevel(manifest.metadata.labels) === "restricted")
    .map(({ manifest }) => manifest.metadata.name);
  return new Set([namespaces.apps, ...labelled]);
}

const restricted: Rule = {
  id: "pod-security-restricted",
  reason: "A namespace that enforces Pod Security `restricted` admits no other pod, daprd included.",
  remedy: "Use podSecurityContext() and containerSecurityContext(), and for daprd the values of Dapr's injector",
  severity: "error",
  *check(rendering) {
    const admitting = restrictedNamespaces(rendering);
    for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
      if (!admitting.has(workload.resource.manifest.metadata.namespace ?? "")) continue;
      for (const problem of restrictedProblems({ annotations: workload.annotations, spec: pod.spec })) {
        yield { resource: workload.resource, problem };
      }
    }
  },
};

const namespaceLevel: Rule = {
  id: "pod-security-level",
  reason: "A namespace without a level admits privileged pods.",
  remedy: "Label the Namespace with pod-security.kubernetes.io/enforce and give the services' `restricted`",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Namespace")) {
      const level = podSecurityLevel(resource.manifest.metadata.labels);
      if (level === undefined) yield { resource, problem: "it says no Pod Security level" };
      else if (!["privileged", "baseline", "restricted"].includes(level)) {
        yield { resource, problem: `its Pod Security level "${level}" does not exist` };
      } else if (resource.manifest.metadata.name === namespaces.apps && level !== "restricted") {
        yield { resource, problem: `it enforces ${level}` };
      }
    }
  },
};

const hostAccess: Rule = {
  id: "pod-host-access",
  reason: "A pod that reaches the node's network, processes, files or ports can reach every other pod of it.",
  remedy: "Use a Service, a volume claim or an emptyDir",
  severity: "error",
  *check(rendering) {
    for (const { resource, pod } of workloadsOf(rendering)) {
      for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
        if (pod[field] === true) yield { resource, problem: `${field} is true` };
      }
      for (const volume of listAt(pod, "volumes")) {
        if ("hostPath" in volume) yield { resource, problem: `volume ${String(volume.name)} is a path of the node` };
      }
      for (const { name, ports = [] } of containersOf({ pod })) {
        if (ports.some(({ hostPort }) => hostPort)) yield { resource, problem: `container ${name} takes a host port` };
      }
    }
  },
};

const hardened: Rule = {
  id: "container-hardened",
  reason: "A writable root file system and a user id that a node knows help whoever breaks in.",
  remedy: "Set readOnlyRootFilesystem and a runAsUser of 10000 or more",
  severity: "error",
  *check(rendering) {
    for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
      const podUser = pod.spec.securityContext?.runAsUser;
      for (const { name, securityContext = {} } of containersOf({ pod: pod.spec })) {
        const { resource } = workload;
        if (securityContext.readOnlyRootFilesystem !== true) {
          yield { resource, problem: `container ${name} can write to its root file system` };
        }
        const user = securityContext.runAsUser ?? podUser;
        if (!(typeof user === "number" && user >= LEAST_UID)) {
          yield { resource, problem: `container ${name} runs as user ${String(user ?? "of its image")}` };
        }
      }
    }
  },
};

const noToken: Rule = {
  id: "pod-without-token",
  reason: "A token of the Kubernetes API that nobody uses is one that can be stolen.",
  remedy: `Set automountServiceAccountToken to false, or say why in the pod's annotation ${MOUNTS_TOKEN}`,
  severity: "error",
  *check(rendering) {
    for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
      const { resource, annotations } = workload;
      if (pod.spec.automountServiceAccountToken !== false && !annotations[MOUNTS_TOKEN]) {
        yield { resource, problem: "its pods mount a token of their service account" };
      }
      const tokens = new Set(
        listAt(pod.spec, "volumes").flatMap((volume) =>
          listAt(volume, "projected", "sources").some((source) => "serviceAccountToken" in source) ? [volume.name] : [],
        ),
      );
      for (const { name, volumeMounts = [] } of containersOf({ pod: pod.spec })) {
        const mounted = volumeMounts.find((mount) => tokens.has(mount.name));
        if (mounted && name !== SIDECAR_CONTAINER && !annotations[MOUNTS_TOKEN]) {
          yield { resource, problem: `container ${name} mounts the token ${mounted.name}` };
        }
      }
    }
  },
};

const injectorValues: Rule = {
  id: "dapr-injector-values",
  reason: "Without its sidecar a pod would run without mTLS and policies, and other namespaces must not wait for Dapr.",
  remedy: "Set webhookFailurePolicy to Fail and a namespaceSelector in Dapr's values",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Application")) {
      const values = fieldsAt(resource.manifest.spec, "source", "helm", "valuesObject", "dapr_sidecar_injector");
      if (fieldsAt(resource.manifest.spec, "source").chart !== "dapr") continue;
      if (values.webhookFailurePolicy !== "Fail") {
        yield { resource, problem: "pods start without a sidecar while the injector is away" };
      }
      if (Object.keys(fieldsAt(values, "namespaceSelector")).length === 0) {
        yield { resource, problem: "pods of every namespace wait for the injector" };
      }
    }
  },
};

export const podSecurityRules: readonly Rule[] = [
  restricted,
  namespaceLevel,
  hostAccess,
  hardened,
  noToken,
  injectorValues,
];
