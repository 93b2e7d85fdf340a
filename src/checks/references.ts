/** Every name in a rendering that stands for another resource. */
import { namespaces } from "#model/names";
import { nameKey } from "./definitions.ts";
import { injectedWorkloadsOf } from "./injected-workloads.ts";
import { containersOf, type PodSpec, type Workload } from "./pods.ts";
import { at, type Fields, fieldsAt, listAt, once, textAt, textMapAt } from "./read.ts";
import type { Rendering, Resource } from "./rule.ts";

export interface Reference {
  readonly from: Resource;
  readonly kind: string;
  /** Absent: it has none. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** Port of a Service that is referred to. */
  readonly port?: number;
}

export interface KeyedReference extends Reference {
  /** As `nameKey` makes it. */
  readonly key: string;
}

type Found = Omit<Reference, "from">;

/** References of each kind's own fields; pods have their own, below. */
const ofKind: Readonly<Record<string, (spec: unknown, namespace: string | undefined, manifest: unknown) => Found[]>> = {
  Application: (spec, namespace) => named("AppProject", namespace, textAt(spec, "project")),
  BackendTrafficPolicy: targetsOf,
  Certificate: (spec, namespace) => issuer(fieldsAt(spec, "issuerRef"), namespace),
  Cluster: (spec, namespace) => [
    ...named("StorageClass", undefined, textAt(spec, "storage", "storageClass")),
    ...named("PriorityClass", undefined, textAt(spec, "priorityClassName")),
    ...named("Secret", namespace, textAt(spec, "superuserSecret", "name")),
    ...named("Secret", namespace, textAt(spec, "bootstrap", "initdb", "secret", "name")),
    ...listAt(spec, "managed", "roles").flatMap((role) =>
      named("Secret", namespace, textAt(role, "passwordSecret", "name")),
    ),
  ],
  ClientTrafficPolicy: targetsOf,
  ClusterIssuer: (spec) => named("Secret", namespaces.certManager, textAt(spec, "ca", "secretName")),
  ClusterRoleBinding: binding,
  Configuration: (spec, namespace) =>
    listAt(spec, "secrets", "scopes").flatMap((scope) =>
      listAt(scope, "allowedSecrets").length > 0 || Array.isArray(scope.allowedSecrets)
        ? named("Component", namespace, textAt(scope, "storeName"))
        : [],
    ),
  Database: (spec, namespace) => named("Cluster", namespace, textAt(spec, "cluster", "name")),
  ExternalSecret: (spec, namespace) => {
    const store = fieldsAt(spec, "secretStoreRef");
    const clusterWide = store.kind === "ClusterSecretStore";
    return named(String(store.kind ?? "SecretStore"), clusterWide ? undefined : namespace, textAt(store, "name"));
  },
  Gateway: (spec, namespace) => [
    ...named("GatewayClass", undefined, textAt(spec, "gatewayClassName")),
    ...listAt(spec, "listeners").flatMap((listener) =>
      listAt(listener, "tls", "certificateRefs").flatMap((secret) => local("Secret", secret, namespace)),
    ),
  ],
  GatewayClass: (spec) => {
    const { kind, namespace, name } = fieldsAt(spec, "parametersRef");
    return named(String(kind), namespace as string | undefined, name as string | undefined);
  },
  HTTPRoute: (spec, namespace) => [
    ...listAt(spec, "parentRefs").flatMap((parent) => local(String(parent.kind ?? "Gateway"), parent, namespace)),
    ...listAt(spec, "rules").flatMap((rule) =>
      listAt(rule, "backendRefs").flatMap((backend) => local(String(backend.kind ?? "Service"), backend, namespace)),
    ),
  ],
  Ingress: (spec, namespace) => [
    ...listAt(spec, "tls").flatMap((entry) => named("Secret", namespace, textAt(entry, "secretName"))),
    ...listAt(spec, "rules").flatMap((rule) =>
      listAt(rule, "http", "paths").flatMap((path) =>
        named(
          "Service",
          namespace,
          textAt(path, "backend", "service", "name"),
          at(path, "backend", "service", "port", "number"),
        ),
      ),
    ),
  ],
  Kafka: (spec, namespace) => [
    ...named("ConfigMap", namespace, textAt(spec, "kafka", "metricsConfig", "valueFrom", "configMapKeyRef", "name")),
    ...["entityOperator", "kafkaExporter"].flatMap((part) =>
      named("PriorityClass", undefined, textAt(spec, part, "template", "pod", "priorityClassName")),
    ),
  ],
  KafkaNodePool: (spec, namespace, manifest) => [
    ...ofKafkaCluster(spec, namespace, manifest),
    ...named("PriorityClass", undefined, textAt(spec, "template", "pod", "priorityClassName")),
    ...listAt(spec, "storage", "volumes").flatMap((volume) =>
      named("StorageClass", undefined, textAt(volume, "class")),
    ),
  ],
  KafkaTopic: ofKafkaCluster,
  KafkaUser: ofKafkaCluster,
  PersistentVolumeClaim: (spec) => named("StorageClass", undefined, textAt(spec, "storageClassName")),
  Pooler: (spec, namespace) => named("Cluster", namespace, textAt(spec, "cluster", "name")),
  Resiliency: (spec, namespace) =>
    Object.keys(fieldsAt(spec, "targets", "components")).flatMap((name) => named("Component", namespace, name)),
  RoleBinding: binding,
  ScaledObject: (spec, namespace) =>
    listAt(spec, "triggers").flatMap((trigger) => {
      const { kind = "TriggerAuthentication", name } = fieldsAt(trigger, "authenticationRef");
      const clusterWide = kind === "ClusterTriggerAuthentication";
      return named(String(kind), clusterWide ? undefined : namespace, name as string | undefined);
    }),
  ScheduledBackup: (spec, namespace) => named("Cluster", namespace, textAt(spec, "cluster", "name")),
  SecurityPolicy: targetsOf,
  StatefulSet: (spec) =>
    listAt(spec, "volumeClaimTemplates").flatMap((claim) =>
      named("StorageClass", undefined, textAt(claim, "spec", "storageClassName")),
    ),
  Subscription: (spec, namespace) => named("Component", namespace, textAt(spec, "pubsubname")),
  TriggerAuthentication: (spec, namespace) =>
    listAt(spec, "secretTargetRef").flatMap((secret) => named("Secret", namespace, textAt(secret, "name"))),
};

function named(kind: string, namespace: string | undefined, name: string | undefined, port?: unknown): Found[] {
  return name ? [{ kind, namespace, name, ...(typeof port === "number" ? { port } : {}) }] : [];
}

/** A reference that may name a namespace, else means the one it stands in. */
function local(kind: string, reference: Fields, namespace: string | undefined): Found[] {
  return named(kind, textAt(reference, "namespace") ?? namespace, textAt(reference, "name"), reference.port);
}

function targetsOf(spec: unknown, namespace: string | undefined): Found[] {
  return listAt(spec, "targetRefs").flatMap((target) => named(String(target.kind), namespace, textAt(target, "name")));
}

function issuer({ kind = "Issuer", name }: Fields, namespace: string | undefined): Found[] {
  return named(String(kind), kind === "ClusterIssuer" ? undefined : namespace, name as string | undefined);
}

function ofKafkaCluster(_spec: unknown, namespace: string | undefined, manifest: unknown): Found[] {
  return named(
    "Kafka",
    namespace,
    textMapAt(manifest, "metadata", "labels")["strimzi.io/cluster"] ?? "(no cluster label)",
  );
}

function binding(_spec: unknown, namespace: string | undefined, manifest: unknown): Found[] {
  const role = fieldsAt(manifest, "roleRef");
  return [
    ...named(String(role.kind), role.kind === "ClusterRole" ? undefined : namespace, role.name as string | undefined),
    ...listAt(manifest, "subjects").flatMap((subject) =>
      subject.kind === "ServiceAccount" ? local("ServiceAccount", subject, namespace) : [],
    ),
  ];
}

const isRequired = (source: unknown): boolean => at(source, "optional") !== true;

function ofVolume(volume: unknown, namespace: string | undefined): Found[] {
  const sources = [fieldsAt(volume), ...listAt(volume, "projected", "sources")];
  return sources.flatMap((source) => [
    ...(isRequired(source.secret)
      ? named("Secret", namespace, textAt(source, "secret", "secretName") ?? textAt(source, "secret", "name"))
      : []),
    ...(isRequired(source.configMap) ? named("ConfigMap", namespace, textAt(source, "configMap", "name")) : []),
    ...named("PersistentVolumeClaim", namespace, textAt(source, "persistentVolumeClaim", "claimName")),
  ]);
}

/** Names in a pod as it runs, daprd's among them. */
function ofPod({ annotations }: Workload, pod: PodSpec, namespace: string | undefined): Found[] {
  const variables = containersOf({ pod }).flatMap((container) => [
    ...(container.env ?? []).map(({ valueFrom }) => fieldsAt(valueFrom)),
    ...listAt(container, "envFrom").map(({ secretRef, configMapRef }) => ({
      secretKeyRef: secretRef,
      configMapKeyRef: configMapRef,
    })),
  ]);
  return [
    ...named("ServiceAccount", namespace, pod.serviceAccountName),
    ...named("PriorityClass", undefined, textAt(pod, "priorityClassName")),
    ...listAt(pod, "imagePullSecrets").flatMap((secret) => named("Secret", namespace, textAt(secret, "name"))),
    ...listAt(pod, "volumes").flatMap((volume) => ofVolume(volume, namespace)),
    ...variables.flatMap(({ secretKeyRef, configMapKeyRef }) => [
      ...(isRequired(secretKeyRef) ? named("Secret", namespace, textAt(secretKeyRef, "name")) : []),
      ...(isRequired(configMapKeyRef) ? named("ConfigMap", namespace, textAt(configMapKeyRef, "name")) : []),
    ]),
    ...named("Configuration", namespace, annotations["dapr.io/config"]),
  ];
}

const allReferencesOf = (rendering: Rendering): Reference[] => [
  ...rendering.resources.flatMap((from) => {
    const { kind, metadata, spec } = from.manifest;
    const { namespace } = metadata;
    const found = ofKind[kind]?.(spec, namespace, from.manifest) ?? [];
    return [...named("Namespace", undefined, namespace), ...found].map((reference) => ({ from, ...reference }));
  }),
  ...injectedWorkloadsOf(rendering).flatMap(({ workload, pod }) => {
    const from = workload.resource;
    return ofPod(workload, pod.spec, from.manifest.metadata.namespace).map((reference) => ({ from, ...reference }));
  }),
];

/** Each once: what one resource says twice is said once. */
export const referencesOf: (rendering: Rendering) => readonly KeyedReference[] = once((rendering) => {
  const seen = new Map<Resource, Set<string>>();
  const references: KeyedReference[] = [];
  for (const reference of allReferencesOf(rendering)) {
    const key = nameKey(reference.kind, reference.namespace, reference.name);
    const once = reference.port === undefined ? key : `${key} ${reference.port}`;
    let known = seen.get(reference.from);
    if (!known) {
      known = new Set();
      seen.set(reference.from, known);
    }
    if (known.has(once)) continue;
    known.add(once);
    references.push({ ...reference, key });
  }
  return references;
});
