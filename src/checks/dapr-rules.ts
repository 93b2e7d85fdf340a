import { callersOf } from "#model/system";
import { scopesOf } from "./dapr.ts";
import { knownAnnotations, unfollowedAnnotations } from "./dapr-annotations.ts";
import { secretReference, variablesOf } from "./injected-sidecar.ts";
import { hasSidecar, isJob, workloadsOf } from "./pods.ts";
import { at, fieldsAt, listAt, textAt, textMapAt } from "./read.ts";
import type { Rule } from "./rule.ts";

const CHECKSUM = "todo.dev/dapr-policy-checksum";

const annotations: Rule = {
  id: "dapr-annotations",
  reason: "Dapr ignores annotations that it does not know: a misspelt limit is no limit.",
  remedy: "Spell it as pkg/injector/annotations/annotations.go of the pinned Dapr does",
  severity: "error",
  *check(rendering) {
    for (const { resource, annotations: given } of workloadsOf(rendering)) {
      for (const key of Object.keys(given)) {
        if (!key.startsWith("dapr.io/")) continue;
        if (!knownAnnotations.has(key)) yield { resource, problem: `Dapr knows no annotation ${key}` };
        else if (unfollowedAnnotations.has(key)) {
          yield {
            resource,
            problem: `${key} makes a pod that these checks cannot foresee`,
            remedy: "Remove it, or follow it in src/checks/injected-sidecar.ts first",
          };
        }
      }
      for (const key of Object.keys(textMapAt(resource.manifest.metadata, "annotations"))) {
        if (knownAnnotations.has(key)) yield { resource, problem: `${key} stands on the workload instead of its pods` };
      }
    }
  },
};

const identity: Rule = {
  id: "dapr-sidecar-identity",
  reason: "Access control, scopes and NetworkPolicies know a service by its app id.",
  remedy: "Give the pod the app id, configuration and port of its service",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      const { resource, annotations: given, pod } = workload;
      const { name } = resource.manifest.metadata;
      const service = rendering.model.services[name];
      if (!hasSidecar(workload)) {
        if (service && !isJob(workload)) yield { resource, problem: "its pods ask for no sidecar" };
        continue;
      }
      if (given["dapr.io/app-id"] !== name) {
        yield { resource, problem: `its app id is "${given["dapr.io/app-id"] ?? ""}"` };
      }
      const port = Number(given["dapr.io/app-port"]);
      const listens = pod.containers.some(({ ports = [] }) =>
        ports.some(({ containerPort }) => containerPort === port),
      );
      if (!listens) yield { resource, problem: `no container listens on the app port ${given["dapr.io/app-port"]}` };
    }
  },
};

const noSidecarInJobs: Rule = {
  id: "dapr-no-sidecar-in-jobs",
  reason: "A Job runs before sidecars can start, and a sidecar would keep it from ending.",
  remedy: "Leave dapr.io/enabled out of the Job's pods",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (isJob(workload) && hasSidecar(workload)) {
        yield { resource: workload.resource, problem: "its pods ask for a sidecar" };
      }
    }
  },
};

const checksum: Rule = {
  id: "dapr-policy-checksum",
  reason: "Without it a changed policy waits for the next restart, and a rollback leaves it behind.",
  remedy: `Annotate the pod template with ${CHECKSUM}, a digest of the Dapr documents that apply`,
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (hasSidecar(workload) && !/^[0-9a-f]{16,64}$/.test(workload.annotations[CHECKSUM] ?? "")) {
        yield { resource: workload.resource, problem: `its pods carry no ${CHECKSUM}` };
      }
    }
  },
};

const builtInStore: Rule = {
  id: "dapr-builtin-secret-store",
  reason: "Without a service account token Dapr's built-in secret store cannot start, and ends the runtime.",
  remedy: "Set dapr.io/disable-builtin-k8s-secret-store to true",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      const { resource, annotations: given, pod } = workload;
      const disabled = given["dapr.io/disable-builtin-k8s-secret-store"] === "true";
      if (hasSidecar(workload) && pod.automountServiceAccountToken === false && !disabled) {
        yield { resource, problem: "its sidecar starts the built-in secret store without a token" };
      }
    }
  },
};

const variables: Rule = {
  id: "dapr-sidecar-variables",
  reason: "daprd keeps names that begin with DAPR_ to itself, and drops an entry that it cannot read.",
  remedy: "Write NAME=secret:key, with a name that does not begin with DAPR_",
  severity: "error",
  *check(rendering) {
    for (const { resource, annotations: given } of workloadsOf(rendering)) {
      const fromSecrets = given["dapr.io/env-from-secret"] ?? "";
      for (const [name, value] of variablesOf(fromSecrets)) {
        if (!secretReference(value)?.key) yield { resource, problem: `${name} names no key of a secret: "${value}"` };
      }
      for (const [name] of [...variablesOf(fromSecrets), ...variablesOf(given["dapr.io/env"] ?? "")]) {
        if (/^(DAPR_|APP_API_TOKEN$)/.test(name))
          yield { resource, problem: `the sidecar's variable ${name} is Dapr's own` };
      }
    }
  },
};

const hotReload: Rule = {
  id: "dapr-hot-reload-off",
  reason:
    "Hot reload is on by default since 1.18: new documents reach old pods, and changed ones restart every sidecar.",
  remedy: "Set the feature HotReload to false in the Configuration",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Configuration")) {
      const feature = listAt(resource.manifest.spec, "features").find(({ name }) => name === "HotReload");
      if (feature?.enabled !== false) yield { resource, problem: "hot reload is on" };
    }
  },
};

const closed: Rule = {
  id: "dapr-access-closed",
  reason: "What a Configuration does not restrict, every sidecar may do.",
  remedy: "Deny by default, allow what the model's entry lists, and keep mTLS on",
  severity: "error",
  *check(rendering) {
    const { model } = rendering;
    for (const resource of rendering.ofKind("Configuration")) {
      const { spec, metadata } = resource.manifest;
      if (at(spec, "mtls", "enabled") !== true) yield { resource, problem: "mTLS is off" };
      const control = fieldsAt(spec, "accessControl");
      if (control.defaultAction !== "deny") yield { resource, problem: "every app may invoke it" };
      const callers = new Set(callersOf(model, metadata.name).map(([caller]) => caller));
      for (const policy of listAt(control, "policies")) {
        const app = textAt(policy, "appId") ?? "";
        if (!callers.has(app)) yield { resource, problem: `"${app}" may invoke it and the model says nothing of that` };
        if (policy.defaultAction !== "deny") yield { resource, problem: `"${app}" may invoke all of it` };
      }
      const allowed = new Set(listAt(spec, "api", "allowed").map(({ protocol }) => protocol));
      for (const protocol of ["http", "grpc"]) {
        if (!allowed.has(protocol)) yield { resource, problem: `the app may use all of Dapr's ${protocol} API` };
      }
      if (listAt(spec, "secrets", "scopes").some(({ defaultAccess }) => defaultAccess !== "deny")) {
        yield { resource, problem: "a secret store is open by default" };
      }
    }
  },
};

const scoped: Rule = {
  id: "dapr-scopes",
  reason: "A Dapr document without scopes is loaded by every sidecar of the namespace.",
  remedy: "Name the services that need it, and only services of the model",
  severity: "error",
  *check(rendering) {
    for (const kind of ["Component", "Subscription", "Resiliency"]) {
      for (const resource of rendering.ofKind(kind)) {
        const scopes = scopesOf(resource);
        if (scopes.length === 0) yield { resource, problem: "every sidecar loads it" };
        for (const scope of scopes) {
          if (!(scope in rendering.model.services)) yield { resource, problem: `its scope "${scope}" is no service` };
        }
      }
    }
  },
};

export const daprRules: readonly Rule[] = [
  annotations,
  identity,
  noSidecarInJobs,
  checksum,
  builtInStore,
  variables,
  hotReload,
  closed,
  scoped,
];
