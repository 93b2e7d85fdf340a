import { definitionsOf, nameKey } from "./definitions.ts";
import { injectedWorkloadsOf } from "./injected-workloads.ts";
import { containersOf } from "./pods.ts";
import { at, type Fields, fieldsAt, listAt, textAt, textsAt } from "./read.ts";
import type { Rendering, Resource, Rule } from "./rule.ts";

/** Keys of a Secret that an ExternalSecret makes; `null` where it takes whatever is there. */
function keysOf({ manifest: { spec } }: Resource): ReadonlySet<string> | null {
  if (listAt(spec, "dataFrom").length > 0 || listAt(spec, "target", "template", "templateFrom").length > 0) return null;
  const template = Object.keys(fieldsAt(spec, "target", "template", "data"));
  const copied = listAt(spec, "data").map(({ secretKey }) => String(secretKey));
  const merged = textAt(spec, "target", "template", "mergePolicy") === "Merge";
  return new Set(template.length > 0 && !merged ? template : [...template, ...copied]);
}

/** Every key of a Secret that a pod asks for, its sidecar's among them. */
function keysAsked(pod: unknown, containers: readonly Fields[]): (readonly [secret: string, key: string])[] {
  const volumes = listAt(pod, "volumes").flatMap((volume) => [
    fieldsAt(volume, "secret"),
    ...listAt(volume, "projected", "sources").map((source) => fieldsAt(source, "secret")),
  ]);
  return [
    ...volumes.flatMap((source) => {
      const name = textAt(source, "secretName") ?? textAt(source, "name");
      const keys = listAt(source, "items").map(({ key }) => String(key));
      return name === undefined || source.optional === true ? [] : keys.map((key) => [name, key] as const);
    }),
    ...containers
      .flatMap((container) => listAt(container, "env"))
      .map((variable) => fieldsAt(variable, "valueFrom", "secretKeyRef"))
      .flatMap(({ name, key, optional }) =>
        typeof name === "string" && optional !== true ? [[name, String(key)] as const] : [],
      ),
  ];
}

const keys: Rule = {
  id: "secret-key-exists",
  reason: "A pod that asks for a key which its Secret does not have is never started.",
  remedy: "Let the ExternalSecret bring the key, or correct its name",
  severity: "error",
  *check(rendering) {
    const definitions = definitionsOf(rendering);
    for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
      const { resource } = workload;
      const { namespace } = resource.manifest.metadata;
      for (const [secret, key] of keysAsked(pod.spec, containersOf({ pod: pod.spec }))) {
        const maker = definitions.get(nameKey("Secret", namespace, secret));
        if (maker?.manifest.kind !== "ExternalSecret") continue;
        if (keysOf(maker)?.has(key) === false) yield { resource, problem: `the Secret ${secret} has no key ${key}` };
      }
    }
  },
};

/** Names of Secrets of a namespace that a service account may get; `null`: all of them. */
function readable(rendering: Rendering, namespace: string, account: Fields): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const { manifest } of rendering.ofKind("RoleBinding")) {
    const bound = listAt(manifest, "subjects").some(
      (subject) =>
        subject.kind === "ServiceAccount" && subject.name === account.name && subject.namespace === account.namespace,
    );
    if (manifest.metadata.namespace !== namespace || !bound) continue;
    const role = definitionsOf(rendering).get(nameKey("Role", namespace, textAt(manifest, "roleRef", "name") ?? ""));
    for (const rule of listAt(role?.manifest, "rules")) {
      if (!textsAt(rule, "resources").includes("secrets") || !textsAt(rule, "verbs").includes("get")) continue;
      if (rule.resourceNames === undefined) return null;
      for (const name of textsAt(rule, "resourceNames")) names.add(name);
    }
  }
  return names;
}

const copied: Rule = {
  id: "external-secret-readable",
  reason:
    "External Secrets copies only what the store's account may read, and only to namespaces that the store serves.",
  remedy: "Name the Secret in the Role of the store, and the namespace in its conditions",
  severity: "error",
  *check(rendering) {
    const definitions = definitionsOf(rendering);
    for (const resource of rendering.ofKind("ExternalSecret")) {
      const { spec, metadata } = resource.manifest;
      const usual = fieldsAt(spec, "secretStoreRef");
      const whole = listAt(spec, "dataFrom").map((entry) => ({ ...entry, remoteRef: entry.extract }));
      for (const entry of [...listAt(spec, "data"), ...whole]) {
        const named = fieldsAt(entry, "sourceRef", "storeRef");
        const store = definitions.get(nameKey("ClusterSecretStore", undefined, String(named.name ?? usual.name)));
        const kubernetes = fieldsAt(store?.manifest.spec, "provider", "kubernetes");
        const source = textAt(kubernetes, "remoteNamespace");
        if (!store) continue;
        const served = listAt(store.manifest.spec, "conditions").flatMap((condition) =>
          textsAt(condition, "namespaces"),
        );
        if (served.length > 0 && !served.includes(metadata.namespace ?? "")) {
          yield { resource, problem: `the store ${store.manifest.metadata.name} does not serve ${metadata.namespace}` };
        }
        if (source === undefined) continue;
        const names = readable(rendering, source, fieldsAt(kubernetes, "auth", "serviceAccount"));
        const key = textAt(entry, "remoteRef", "key") ?? "";
        if (names?.has(key) === false) {
          yield { resource, problem: `the store ${store.manifest.metadata.name} may not read ${source}/${key}` };
        }
      }
    }
  },
};

const daprSecrets: Rule = {
  id: "dapr-secret-readable",
  reason: "Where Dapr's secret store is Kubernetes, its scopes and the account's Role have to name the same Secrets.",
  remedy: "Give the service a Role for exactly the secrets of its entry",
  severity: "error",
  *check(rendering) {
    const stores = new Set(
      rendering
        .ofKind("Component")
        .filter(({ manifest }) => textAt(manifest.spec, "type") === "secretstores.kubernetes")
        .map(({ manifest }) => manifest.metadata.name),
    );
    for (const resource of rendering.ofKind("Configuration")) {
      const { name, namespace = "" } = resource.manifest.metadata;
      for (const scope of listAt(resource.manifest.spec, "secrets", "scopes")) {
        if (!stores.has(String(scope.storeName))) continue;
        const names = readable(rendering, namespace, { name, namespace });
        const allowed = textsAt(scope, "allowedSecrets");
        if (names === null) {
          yield { resource, problem: `the account ${name} may read every Secret of ${namespace}` };
          continue;
        }
        for (const secret of allowed) {
          if (!names.has(secret)) yield { resource, problem: `the account ${name} may not read ${secret}` };
        }
        for (const secret of names) {
          if (!allowed.includes(secret))
            yield { resource, problem: `the account ${name} may read ${secret}, its scope not` };
        }
      }
    }
  },
};

const READING = ["get", "list", "watch", "*"];

const least: Rule = {
  id: "rbac-least",
  reason: "A right to everything, or to every Secret, is worth more to an intruder than to its owner.",
  remedy: "List groups, resources, verbs and, for Secrets, resourceNames",
  severity: "error",
  *check(rendering) {
    for (const kind of ["Role", "ClusterRole"]) {
      for (const resource of rendering.ofKind(kind)) {
        for (const rule of listAt(resource.manifest, "rules")) {
          for (const field of ["apiGroups", "resources", "verbs"]) {
            if (textsAt(rule, field).includes("*")) yield { resource, problem: `a rule allows all ${field}` };
          }
          const reads = textsAt(rule, "verbs").some((verb) => READING.includes(verb));
          if (reads && textsAt(rule, "resources").includes("secrets") && textsAt(rule, "resourceNames").length === 0) {
            yield { resource, problem: "a rule reads every Secret" };
          }
        }
      }
    }
    for (const kind of ["RoleBinding", "ClusterRoleBinding"]) {
      for (const resource of rendering.ofKind(kind)) {
        if (at(resource.manifest, "roleRef", "name") === "cluster-admin") {
          yield { resource, problem: "it makes administrators of the cluster" };
        }
      }
    }
  },
};

export const accessRules: readonly Rule[] = [keys, copied, daprSecrets, least];
