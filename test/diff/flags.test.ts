import { describe, expect, test } from "@jest/globals";
import { rules } from "#diff/flags/index";
import type { Report } from "#diff/report";
import { diff, edited, only, pinsOf, renderedFiles, rulesOf, type Sample, samplesOf } from "./support.ts";

const files = renderedFiles(pinsOf("v1.0.0", "a"), ["staging", "prod-gke"]);
const samples = samplesOf(files);

const ofKind = (kind: string, name?: string): Sample[] =>
  samples.filter(({ manifest }) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name));

// biome-ignore lint/suspicious/noExplicitAny: an edit reaches anywhere into any kind of document
type Edit = (draft: any) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: as above
const container = (draft: any) => draft.spec.template.spec.containers[0];

/** Edits of what is really rendered, with the rule that must see each; applied to every document of the kind that has the place. */
const edits: readonly (readonly [kind: string, what: string, rule: string, edit: Edit, name?: string])[] = [
  [
    "Deployment",
    "selector",
    "immutable-field",
    (d) => {
      d.spec.selector.matchLabels.x = "y";
    },
  ],
  [
    "Deployment",
    "privileged",
    "privileged",
    (d) => {
      container(d).securityContext.privileged = true;
    },
  ],
  [
    "Deployment",
    "privilege escalation",
    "privileged",
    (d) => {
      delete container(d).securityContext.allowPrivilegeEscalation;
    },
  ],
  [
    "Deployment",
    "added capability",
    "privileged",
    (d) => {
      container(d).securityContext.capabilities.add = ["NET_ADMIN"];
    },
  ],
  [
    "Deployment",
    "kept capabilities",
    "privileged",
    (d) => {
      delete container(d).securityContext.capabilities;
    },
  ],
  [
    "Deployment",
    "host network",
    "privileged",
    (d) => {
      d.spec.template.spec.hostNetwork = true;
    },
  ],
  [
    "Deployment",
    "host processes",
    "privileged",
    (d) => {
      d.spec.template.spec.hostPID = true;
    },
  ],
  [
    "Deployment",
    "host path",
    "privileged",
    (d) => {
      d.spec.template.spec.volumes.push({ name: "node", hostPath: { path: "/" } });
    },
  ],
  [
    "Deployment",
    "host port",
    "privileged",
    (d) => {
      container(d).ports[0].hostPort = 80;
    },
  ],
  [
    "Deployment",
    "root user",
    "privileged",
    (d) => {
      container(d).securityContext.runAsUser = 0;
    },
  ],
  [
    "Deployment",
    "root allowed",
    "privileged",
    (d) => {
      container(d).securityContext.runAsNonRoot = false;
    },
  ],
  [
    "Deployment",
    "seccomp removed",
    "privileged",
    (d) => {
      delete container(d).securityContext.seccompProfile;
      delete d.spec.template.spec.securityContext.seccompProfile;
    },
  ],
  [
    "Deployment",
    "writable image",
    "less-confined",
    (d) => {
      delete container(d).securityContext.readOnlyRootFilesystem;
    },
  ],
  [
    "Deployment",
    "token mounted",
    "token-mounted",
    (d) => {
      delete d.spec.template.spec.automountServiceAccountToken;
    },
  ],
  [
    "Deployment",
    "projected token",
    "token-mounted",
    (d) => {
      d.spec.template.spec.volumes.push({
        name: "t",
        projected: { sources: [{ serviceAccountToken: { path: "t", audience: "vault" } }] },
      });
    },
  ],
  [
    "Deployment",
    "service account",
    "pod-identity",
    (d) => {
      d.spec.template.spec.serviceAccountName = "other";
    },
  ],
  [
    "Deployment",
    "pod label",
    "pod-labels",
    (d) => {
      d.spec.template.metadata.labels["app.kubernetes.io/name"] = "other";
    },
  ],
  [
    "Deployment",
    "zero replicas",
    "replicas-zero",
    (d) => {
      d.spec.replicas = 0;
    },
  ],
  [
    "Deployment",
    "paused",
    "suspended",
    (d) => {
      d.spec.paused = true;
    },
  ],
  [
    "Deployment",
    "limits removed",
    "limits-removed",
    (d) => {
      delete container(d).resources.limits;
    },
  ],
  [
    "Deployment",
    "requests removed",
    "limits-removed",
    (d) => {
      delete container(d).resources.requests.cpu;
    },
  ],
  [
    "Deployment",
    "all resources removed",
    "limits-removed",
    (d) => {
      delete container(d).resources;
    },
  ],
  [
    "Deployment",
    "limit lowered",
    "limits-lower",
    (d) => {
      container(d).resources.limits.memory = "1Mi";
    },
  ],
  [
    "Deployment",
    "liveness probe",
    "probes-removed",
    (d) => {
      delete container(d).livenessProbe;
    },
  ],
  [
    "Deployment",
    "readiness probe",
    "probes-removed",
    (d) => {
      delete container(d).readinessProbe;
    },
  ],
  [
    "Deployment",
    "other strategy",
    "rollout-weaker",
    (d) => {
      d.spec.strategy = { type: "Recreate" };
    },
  ],
  [
    "Deployment",
    "no digest",
    "image-no-digest",
    (d) => {
      container(d).image = container(d).image.replace(/@.*/, "");
    },
    "tasks",
  ],
  [
    "Deployment",
    "latest",
    "image-floating",
    (d) => {
      container(d).image = "ghcr.io/example/todo/tasks:latest";
    },
  ],
  [
    "Deployment",
    "other registry",
    "image-repository",
    (d) => {
      container(d).image = container(d).image.replace("ghcr.io", "evil.example");
    },
    "tasks",
  ],
  [
    "Deployment",
    "major version",
    "image-major",
    (d) => {
      container(d).image = `ghcr.io/example/todo/tasks:v2.0.0@sha256:${"b".repeat(64)}`;
    },
    "tasks",
  ],
  [
    "Deployment",
    "moved tag",
    "image-moved-tag",
    (d) => {
      container(d).image = container(d).image.replace(/a{64}/, "b".repeat(64));
    },
    "tasks",
  ],
  [
    "Deployment",
    "older version",
    "image-older",
    (d) => {
      container(d).image = `ghcr.io/example/todo/tasks:v0.9.0@sha256:${"b".repeat(64)}`;
    },
    "tasks",
  ],
  [
    "Deployment",
    "another container",
    "container-added",
    (d) => {
      d.spec.template.spec.containers.push({ name: "x", image: "x" });
    },
  ],
  [
    "Deployment",
    "command",
    "command-changed",
    (d) => {
      container(d).command = ["sh"];
    },
  ],
  [
    "Deployment",
    "secret volume",
    "secret-reference",
    (d) => {
      d.spec.template.spec.volumes.push({ name: "s", secret: { secretName: "other" } });
    },
  ],
  [
    "Deployment",
    "secret variable",
    "secret-reference",
    (d) => {
      container(d).env = [{ name: "X", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }];
    },
  ],
  [
    "Deployment",
    "sidecar off",
    "dapr-sidecar",
    (d) => {
      delete d.spec.template.metadata.annotations["dapr.io/enabled"];
    },
    "tasks",
  ],
  [
    "Deployment",
    "sidecar's policies",
    "dapr-sidecar",
    (d) => {
      d.spec.template.metadata.annotations["dapr.io/config"] = "other";
    },
    "tasks",
  ],
  [
    "Deployment",
    "sidecar's limit",
    "limits-removed",
    (d) => {
      delete d.spec.template.metadata.annotations["dapr.io/sidecar-memory-limit"];
    },
    "tasks",
  ],
  [
    "Deployment",
    "certificates not verified",
    "tls-weaker",
    (d) => {
      container(d).env.push({ name: "NODE_TLS_REJECT_UNAUTHORIZED", value: "0" });
    },
    "tasks",
  ],
  [
    "Job",
    "immutable only where Argo CD keeps it",
    "immutable-field",
    (d) => {
      delete d.metadata.annotations;
      d.spec.template.spec.restartPolicy = "Never";
    },
  ],
  [
    "Service",
    "load balancer",
    "exposed",
    (d) => {
      d.spec.type = "LoadBalancer";
    },
  ],
  [
    "Service",
    "node port",
    "exposed",
    (d) => {
      d.spec.type = "NodePort";
    },
  ],
  [
    "Service",
    "selector emptied",
    "service-selector",
    (d) => {
      d.spec.selector = {};
    },
  ],
  [
    "Service",
    "cluster address",
    "immutable-field",
    (d) => {
      d.spec.clusterIP = "None";
    },
    "tasks",
  ],
  [
    "ServiceAccount",
    "token",
    "token-automounted",
    (d) => {
      d.automountServiceAccountToken = true;
    },
    "tasks",
  ],
  [
    "Role",
    "verb",
    "rbac-wider",
    (d) => {
      d.rules[0].verbs.push("list");
    },
  ],
  [
    "Role",
    "every verb",
    "rbac-wider",
    (d) => {
      d.rules[0].verbs = ["*"];
    },
  ],
  [
    "Role",
    "every resource",
    "rbac-wider",
    (d) => {
      d.rules[0].resources = ["*"];
    },
  ],
  [
    "Role",
    "another rule",
    "rbac-wider",
    (d) => {
      d.rules.push({ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] });
    },
  ],
  [
    "Role",
    "names removed",
    "rbac-wider",
    (d) => {
      delete d.rules[0].resourceNames;
    },
    "tasks-secrets",
  ],
  [
    "RoleBinding",
    "role",
    "immutable-field",
    (d) => {
      d.roleRef.name = "admin";
    },
  ],
  [
    "RoleBinding",
    "subject",
    "rbac-subject",
    (d) => {
      d.subjects.push({ kind: "Group", name: "system:authenticated", apiGroup: "rbac.authorization.k8s.io" });
    },
  ],
  [
    "NetworkPolicy",
    "egress peer",
    "network-wider",
    (d) => {
      d.spec.egress = [...(d.spec.egress ?? []), { to: [{ ipBlock: { cidr: "1.2.3.0/24" } }] }];
    },
  ],
  [
    "NetworkPolicy",
    "ingress from all",
    "network-wider",
    (d) => {
      d.spec.ingress = [...(d.spec.ingress ?? []), {}];
    },
  ],
  [
    "NetworkPolicy",
    "direction",
    "network-undirected",
    (d) => {
      d.spec.policyTypes = d.spec.policyTypes.slice(1);
    },
  ],
  [
    "NetworkPolicy",
    "selector",
    "network-selector",
    (d) => {
      d.spec.podSelector = { matchLabels: { other: "pods" } };
    },
  ],
  [
    "NetworkPolicy",
    "port",
    "network-wider",
    (d) => {
      d.spec.egress[0].ports.push({ port: 22, protocol: "TCP" });
    },
    "tasks",
  ],
  [
    "NetworkPolicy",
    "any port",
    "network-wider",
    (d) => {
      delete d.spec.egress[0].ports;
    },
    "tasks",
  ],
  [
    "NetworkPolicy",
    "peer's selector",
    "network-wider",
    (d) => {
      delete d.spec.egress[0].to[0].podSelector;
    },
    "tasks",
  ],
  [
    "PodDisruptionBudget",
    "weaker",
    "disruption-weaker",
    (d) => {
      d.spec.maxUnavailable = 5;
    },
  ],
  [
    "PodDisruptionBudget",
    "blocks",
    "disruption-blocks",
    (d) => {
      d.spec.maxUnavailable = 0;
    },
  ],
  [
    "ScaledObject",
    "to zero",
    "replicas-zero",
    (d) => {
      d.spec.minReplicaCount = 0;
    },
  ],
  [
    "ScaledObject",
    "lower",
    "fewer-replicas",
    (d) => {
      d.spec.maxReplicaCount = 3;
    },
  ],
  [
    "ScaledObject",
    "paused",
    "suspended",
    (d) => {
      d.metadata.annotations["autoscaling.keda.sh/paused"] = "true";
    },
  ],
  [
    "HorizontalPodAutoscaler",
    "lower",
    "fewer-replicas",
    (d) => {
      d.spec.maxReplicas = 2;
    },
  ],
  [
    "KafkaTopic",
    "fewer partitions",
    "fewer-partitions",
    (d) => {
      d.spec.partitions = 1;
    },
  ],
  [
    "KafkaTopic",
    "more partitions",
    "more-partitions",
    (d) => {
      d.spec.partitions = 60;
    },
  ],
  [
    "KafkaTopic",
    "shorter retention",
    "shorter-retention",
    (d) => {
      d.spec.config["retention.ms"] = 1000;
    },
  ],
  [
    "KafkaTopic",
    "retention unset",
    "shorter-retention",
    (d) => {
      delete d.spec.config["retention.ms"];
    },
  ],
  [
    "KafkaTopic",
    "in-sync replicas",
    "weaker-durability",
    (d) => {
      d.spec.config["min.insync.replicas"] = 1;
    },
  ],
  [
    "KafkaTopic",
    "replicas",
    "weaker-durability",
    (d) => {
      d.spec.replicas = 1;
    },
  ],
  [
    "KafkaTopic",
    "compaction",
    "cleanup-policy",
    (d) => {
      d.spec.config["cleanup.policy"] = "compact";
    },
  ],
  [
    "KafkaTopic",
    "prune protection",
    "prune-protection",
    (d) => {
      delete d.metadata.annotations["argocd.argoproj.io/sync-options"];
    },
  ],
  [
    "KafkaUser",
    "another right",
    "acl-wider",
    (d) => {
      d.spec.authorization.acls[0].operations.push("All");
    },
    "tasks",
  ],
  [
    "KafkaUser",
    "every topic",
    "acl-wider",
    (d) => {
      d.spec.authorization.acls[0].resource = { type: "topic", name: "", patternType: "prefix" };
    },
    "tasks",
  ],
  [
    "KafkaUser",
    "no authorization",
    "acl-wider",
    (d) => {
      delete d.spec.authorization;
    },
  ],
  [
    "Kafka",
    "no TLS",
    "kafka-authentication",
    (d) => {
      d.spec.kafka.listeners[0].tls = false;
    },
  ],
  [
    "Kafka",
    "no authentication",
    "kafka-authentication",
    (d) => {
      delete d.spec.kafka.listeners[0].authentication;
    },
  ],
  [
    "Kafka",
    "no authorization",
    "kafka-authentication",
    (d) => {
      delete d.spec.kafka.authorization;
    },
  ],
  [
    "Kafka",
    "super user",
    "acl-wider",
    (d) => {
      d.spec.kafka.authorization.superUsers = ["CN=me"];
    },
  ],
  [
    "Kafka",
    "open listener",
    "acl-wider",
    (d) => {
      for (const listener of d.spec.kafka.listeners) delete listener.networkPolicyPeers;
    },
  ],
  [
    "KafkaNodePool",
    "fewer brokers",
    "fewer-brokers",
    (d) => {
      d.spec.replicas = 1;
    },
  ],
  [
    "KafkaNodePool",
    "smaller volume",
    "storage-shrinks",
    (d) => {
      d.spec.storage.volumes[0].size = "1Gi";
    },
  ],
  [
    "KafkaNodePool",
    "deletes claims",
    "storage-deletion",
    (d) => {
      d.spec.storage.volumes[0].deleteClaim = true;
    },
  ],
  [
    "KafkaNodePool",
    "ephemeral",
    "storage-changed",
    (d) => {
      d.spec.storage.volumes[0].type = "ephemeral";
    },
  ],
  [
    "Cluster",
    "smaller volume",
    "storage-shrinks",
    (d) => {
      d.spec.storage.size = "1Gi";
    },
  ],
  [
    "Cluster",
    "fewer instances",
    "fewer-replicas",
    (d) => {
      d.spec.instances = 1;
    },
  ],
  [
    "ScheduledBackup",
    "suspended",
    "suspended",
    (d) => {
      d.spec.suspend = true;
    },
  ],
  [
    "ScheduledBackup",
    "rarer",
    "backup-weaker",
    (d) => {
      d.spec.schedule = "0 0 0 1 1 *";
    },
  ],
  [
    "Component",
    "scopes removed",
    "dapr-scopes-wider",
    (d) => {
      delete d.scopes;
    },
  ],
  [
    "Component",
    "scopes emptied",
    "dapr-scopes-wider",
    (d) => {
      d.scopes = [];
    },
  ],
  [
    "Component",
    "another app",
    "dapr-scopes-wider",
    (d) => {
      d.scopes.push("other");
    },
  ],
  [
    "Component",
    "another type",
    "dapr-component-type",
    (d) => {
      d.spec.type = "other";
    },
  ],
  [
    "Configuration",
    "open",
    "dapr-access-wider",
    (d) => {
      d.spec.accessControl.defaultAction = "allow";
    },
  ],
  [
    "Configuration",
    "no access control",
    "dapr-access-wider",
    (d) => {
      delete d.spec.accessControl;
    },
  ],
  [
    "Configuration",
    "another caller",
    "dapr-access-wider",
    (d) => {
      d.spec.accessControl.policies = [
        ...(d.spec.accessControl.policies ?? []),
        { appId: "other", defaultAction: "allow", namespace: "todo-apps", trustDomain: "cluster.local" },
      ];
    },
  ],
  [
    "Configuration",
    "any route",
    "dapr-access-wider",
    (d) => {
      d.spec.accessControl.policies[0].operations[0].name = "/**";
    },
    "tasks",
  ],
  [
    "Configuration",
    "another API",
    "dapr-api-wider",
    (d) => {
      d.spec.api.allowed.push({ name: "shutdown", version: "v1", protocol: "http" });
    },
  ],
  [
    "Configuration",
    "every API",
    "dapr-api-wider",
    (d) => {
      delete d.spec.api;
    },
  ],
  [
    "Configuration",
    "another secret",
    "dapr-secrets-wider",
    (d) => {
      d.spec.secrets.scopes[0].allowedSecrets = [...(d.spec.secrets.scopes[0].allowedSecrets ?? []), "other"];
    },
    "tasks",
  ],
  [
    "Configuration",
    "every secret",
    "dapr-secrets-wider",
    (d) => {
      d.spec.secrets.scopes[0].defaultAccess = "allow";
    },
    "tasks",
  ],
  [
    "Configuration",
    "no mTLS",
    "tls-weaker",
    (d) => {
      d.spec.mtls.enabled = false;
    },
  ],
  [
    "Configuration",
    "hot reload",
    "dapr-hot-reload",
    (d) => {
      d.spec.features = [];
    },
  ],
  [
    "Subscription",
    "no dead letters",
    "dapr-delivery",
    (d) => {
      delete d.spec.deadLetterTopic;
    },
  ],
  [
    "Subscription",
    "another topic",
    "dapr-delivery",
    (d) => {
      d.spec.topic = "other";
    },
  ],
  [
    "Resiliency",
    "no retries",
    "dapr-resiliency",
    (d) => {
      delete d.spec.policies.retries;
    },
    "tasks",
  ],
  [
    "Namespace",
    "lower standard",
    "pod-security-lower",
    (d) => {
      d.metadata.labels["pod-security.kubernetes.io/enforce"] = "privileged";
    },
    "todo-apps",
  ],
  [
    "Namespace",
    "standard removed",
    "pod-security-lower",
    (d) => {
      delete d.metadata.labels["pod-security.kubernetes.io/enforce"];
    },
    "todo-apps",
  ],
  [
    "Gateway",
    "any namespace",
    "route-delegated",
    (d) => {
      for (const listener of d.spec.listeners) listener.allowedRoutes = { namespaces: { from: "All" } };
    },
  ],
  [
    "Gateway",
    "another listener",
    "exposed",
    (d) => {
      d.spec.listeners.push({ name: "x", port: 8000, protocol: "HTTP" });
    },
  ],
  [
    "HTTPRoute",
    "another path",
    "public-route",
    (d) => {
      d.spec.rules[0].matches = [{ path: { type: "PathPrefix", value: "/internal" } }];
    },
    "gateway",
  ],
  [
    "HTTPRoute",
    "another backend",
    "route-removed",
    (d) => {
      d.spec.rules[0].backendRefs[0].name = "tasks";
    },
    "gateway",
  ],
  [
    "ClientTrafficPolicy",
    "older TLS",
    "tls-weaker",
    (d) => {
      d.spec.tls.minVersion = "1.0";
    },
  ],
  [
    "ClientTrafficPolicy",
    "no TLS settings",
    "edge-weaker",
    (d) => {
      delete d.spec.tls;
    },
  ],
  [
    "BackendTrafficPolicy",
    "no rate limit",
    "edge-weaker",
    (d) => {
      delete d.spec.rateLimit;
    },
  ],
  [
    "Application",
    "chart version",
    "chart-version",
    (d) => {
      d.spec.source.targetRevision = "1.19.0";
    },
    "dapr",
  ],
  [
    "Application",
    "chart major",
    "chart-major",
    (d) => {
      d.spec.source.targetRevision = "2.0.0";
    },
    "dapr",
  ],
  [
    "Application",
    "chart values",
    "chart-values",
    (d) => {
      d.spec.source.helm.valuesObject.global.mtls.enabled = false;
    },
    "dapr",
  ],
  [
    "Application",
    "chart source",
    "chart-source",
    (d) => {
      d.spec.source.repoURL = "https://evil.example";
    },
  ],
  [
    "Application",
    "another folder",
    "source-revision",
    (d) => {
      d.spec.source.path = "gitops/dev/tasks";
    },
    "tasks",
  ],
  [
    "Application",
    "another branch",
    "source-revision",
    (d) => {
      d.spec.source.targetRevision = "feature";
    },
    "tasks",
  ],
  [
    "Application",
    "another cluster",
    "application-scope",
    (d) => {
      d.spec.destination.server = "https://evil.example";
    },
  ],
  [
    "Application",
    "no pruning",
    "sync-policy",
    (d) => {
      d.spec.syncPolicy.automated.prune = false;
    },
    "tasks",
  ],
  [
    "Application",
    "no repair",
    "sync-policy",
    (d) => {
      d.spec.syncPolicy.automated.selfHeal = false;
    },
    "tasks",
  ],
  [
    "Application",
    "by hand",
    "sync-policy",
    (d) => {
      delete d.spec.syncPolicy.automated;
    },
    "tasks",
  ],
  [
    "Application",
    "forced",
    "sync-forced",
    (d) => {
      d.spec.syncPolicy.syncOptions.push("Replace=true");
    },
    "tasks",
  ],
  [
    "AppProject",
    "every repository",
    "project-wider",
    (d) => {
      d.spec.sourceRepos.push("*");
    },
  ],
  [
    "AppProject",
    "every place",
    "project-wider",
    (d) => {
      d.spec.destinations.push({ namespace: "*", server: "*" });
    },
  ],
  [
    "AppProject",
    "every kind",
    "project-wider",
    (d) => {
      d.spec.clusterResourceWhitelist.push({ group: "*", kind: "*" });
    },
  ],
  [
    "ExternalSecret",
    "another secret",
    "secret-source",
    (d) => {
      d.spec.secretStoreRef.name = "other";
    },
  ],
  [
    "ConfigMap",
    "configuration",
    "config-changed",
    (d) => {
      d.data[Object.keys(d.data)[0] as string] = "x";
    },
  ],
  [
    "ConfigMap",
    "field that consumers need",
    "contract-breaks",
    (d) => {
      const key = Object.keys(d.data)[0] as string;
      const schema = JSON.parse(d.data[key]);
      schema.required = schema.required.slice(1);
      d.data[key] = JSON.stringify(schema);
    },
    "schemas-task-events",
  ],
  [
    "ConfigMap",
    "schema removed",
    "contract-breaks",
    (d) => {
      delete d.data[Object.keys(d.data)[0] as string];
    },
    "schemas-task-events",
  ],
  [
    "ResourceQuota",
    "lower",
    "quota-lower",
    (d) => {
      d.spec.hard[Object.keys(d.spec.hard)[0] as string] = "1";
    },
  ],
  [
    "LimitRange",
    "limits",
    "limit-range-changed",
    (d) => {
      d.spec.limits = [];
    },
  ],
  [
    "ServiceMonitor",
    "endpoints",
    "scrape-changed",
    (d) => {
      d.spec.endpoints = [];
    },
  ],
  [
    "Certificate",
    "names",
    "certificate-changed",
    (d) => {
      d.spec.dnsNames = ["evil.example"];
    },
  ],
];

describe("every dangerous edit of what is really rendered is flagged", () => {
  test.each(edits.map((edit) => [`${edit[0]}: ${edit[1]}`, edit] as const))("%s", (_, [kind, , rule, edit, name]) => {
    const found = ofKind(kind, name);
    expect(found).not.toEqual([]);
    const flagged = found.map((sample) => {
      try {
        return rulesOf(edited(new Map([[sample.path, sample.text]]), sample, edit));
      } catch (error) {
        // A document of the kind that has no such place.
        if (error instanceof TypeError) return undefined;
        throw error;
      }
    });
    const seen = flagged.filter((list) => list !== undefined);
    expect(seen).not.toEqual([]);
    for (const list of seen) expect(list).toContain(rule);
  });
});

describe("what is removed from what is really rendered is flagged", () => {
  const removed = (sample: Sample): Report => {
    const after = new Map(files);
    after.delete(sample.path);
    return diff(files, after);
  };
  test.each([
    ["Namespace", "removed-data"],
    ["KafkaTopic", "removed-data"],
    ["Kafka", "removed-data"],
    ["KafkaNodePool", "removed-data"],
    ["Cluster", "removed-data"],
    ["ExternalSecret", "removed-secret"],
    ["NetworkPolicy", "removed-guard"],
    ["KafkaUser", "removed-guard"],
    ["ResourceQuota", "removed-guard"],
    ["PodDisruptionBudget", "removed-workload"],
    ["Deployment", "removed-workload"],
    ["Service", "removed-workload"],
    ["Subscription", "removed-workload"],
    ["ServiceMonitor", "removed-monitoring"],
    ["Application", "removed-application"],
  ])("%s", (kind, rule) => {
    const [sample] = ofKind(kind);
    const report = removed(sample as Sample);
    expect(rulesOf(report)).toContain(rule);
    expect(report.routine).toBe(false);
  });

  test("and it is said what Argo CD will do about it", () => {
    const wordsOf = (kind: string, name: string): string | undefined => {
      const [sample] = ofKind(kind, name);
      return removed(sample as Sample).flags.find(({ rule }) => ["pruned", "left-behind", "prune-waits"].includes(rule))
        ?.rule;
    };
    expect(wordsOf("Deployment", "tasks")).toBe("pruned");
    expect(wordsOf("KafkaTopic", "reminders")).toBe("left-behind");
    expect(wordsOf("KafkaNodePool", "brokers")).toBe("prune-waits");
  });
});

const metadata = { name: "x", namespace: "ns" };
const pod = {
  spec: {
    containers: [
      { name: "c", image: "r/c:1.0.0", resources: { requests: { memory: "1Gi" }, limits: { memory: "1Gi" } } },
    ],
  },
};
const statefulSet = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata,
  spec: {
    serviceName: "x",
    replicas: 3,
    selector: { matchLabels: { a: "b" } },
    template: pod,
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "10Gi" } } } }],
  },
};
const claim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata,
  spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: { requests: { storage: "10Gi" } } },
};
const clusterRole = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "x" },
  rules: [{ apiGroups: ["apps"], resources: ["*"], verbs: ["get", "list"] }],
};
const webhook = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: "x" },
  webhooks: [
    { name: "a.b.c", failurePolicy: "Fail", clientConfig: { service: { name: "s", namespace: "n" } }, rules: [] },
  ],
};
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "x" },
  spec: {
    group: "g",
    scope: "Namespaced",
    names: { kind: "X", plural: "xs" },
    versions: [
      { name: "v1", served: true, storage: true },
      { name: "v2", served: true, storage: false },
    ],
  },
};

/** Kinds that charts and others bring. */
describe("every dangerous edit of other kinds is flagged", () => {
  // biome-ignore lint/suspicious/noExplicitAny: an edit reaches anywhere into any kind of document
  const cases: readonly (readonly [string, any, Edit, string])[] = [
    [
      "claim templates",
      statefulSet,
      (d) => {
        d.spec.volumeClaimTemplates[0].spec.resources.requests.storage = "1Gi";
      },
      "immutable-field",
    ],
    [
      "claim templates removed",
      statefulSet,
      (d) => {
        d.spec.volumeClaimTemplates = [];
      },
      "volume-removed",
    ],
    [
      "smaller claim template",
      statefulSet,
      (d) => {
        d.spec.volumeClaimTemplates[0].spec.resources.requests.storage = "1Gi";
      },
      "storage-shrinks",
    ],
    [
      "service name",
      statefulSet,
      (d) => {
        d.spec.serviceName = "y";
      },
      "immutable-field",
    ],
    [
      "pod management",
      statefulSet,
      (d) => {
        d.spec.podManagementPolicy = "Parallel";
      },
      "immutable-field",
    ],
    [
      "retention",
      statefulSet,
      (d) => {
        d.spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: "Delete" };
      },
      "storage-deletion",
    ],
    [
      "fewer replicas",
      statefulSet,
      (d) => {
        d.spec.replicas = 1;
      },
      "fewer-replicas",
    ],
    [
      "smaller claim",
      claim,
      (d) => {
        d.spec.resources.requests.storage = "5Gi";
      },
      "storage-shrinks",
    ],
    [
      "claim's class",
      claim,
      (d) => {
        d.spec.storageClassName = "slow";
      },
      "immutable-field",
    ],
    [
      "storage class",
      {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: "x" },
        provisioner: "p",
        parameters: { a: "b" },
      },
      (d) => {
        d.parameters.a = "c";
      },
      "immutable-field",
    ],
    [
      "cluster role",
      clusterRole,
      (d) => {
        d.rules[0].verbs.push("delete");
      },
      "rbac-wider",
    ],
    [
      "aggregation",
      clusterRole,
      (d) => {
        d.aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] };
      },
      "rbac-aggregation",
    ],
    [
      "webhook ignores",
      webhook,
      (d) => {
        d.webhooks[0].failurePolicy = "Ignore";
      },
      "webhook-weaker",
    ],
    [
      "webhook removed",
      webhook,
      (d) => {
        d.webhooks = [];
      },
      "webhook-weaker",
    ],
    [
      "webhook's service",
      webhook,
      (d) => {
        d.webhooks[0].clientConfig.service.name = "t";
      },
      "webhook-changed",
    ],
    [
      "version of a definition",
      definition,
      (d) => {
        d.spec.versions.pop();
      },
      "crd-version-removed",
    ],
    [
      "scope of a definition",
      definition,
      (d) => {
        d.spec.scope = "Cluster";
      },
      "immutable-field",
    ],
    [
      "frozen data",
      { apiVersion: "v1", kind: "ConfigMap", metadata, immutable: true, data: { a: "b" } },
      (d) => {
        d.data.a = "c";
      },
      "immutable-field",
    ],
    [
      "secret's type",
      { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: {} },
      (d) => {
        d.type = "kubernetes.io/tls";
      },
      "immutable-field",
    ],
    [
      "script",
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "run.sh": "#!/bin/sh\ntrue\n" } },
      (d) => {
        d.data["run.sh"] = "#!/bin/sh\nfalse\n";
      },
      "script-changed",
    ],
    [
      "priority",
      { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "x" }, value: 1 },
      (d) => {
        d.value = 2;
      },
      "immutable-field",
    ],
    [
      "ingress without TLS",
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata,
        spec: { tls: [{ hosts: ["a"], secretName: "s" }], rules: [] },
      },
      (d) => {
        delete d.spec.tls;
      },
      "tls-weaker",
    ],
    [
      "cron suspended",
      {
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata,
        spec: { schedule: "* * * * *", jobTemplate: { spec: { template: pod } } },
      },
      (d) => {
        d.spec.suspend = true;
      },
      "suspended",
    ],
    [
      "source ranges",
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/8"] },
      },
      (d) => {
        delete d.spec.loadBalancerSourceRanges;
      },
      "source-ranges",
    ],
    [
      "topic scopes",
      {
        apiVersion: "dapr.io/v1alpha1",
        kind: "Component",
        metadata,
        spec: { type: "pubsub.kafka", metadata: [{ name: "publishingScopes", value: "a=x;b=" }] },
        scopes: ["a"],
      },
      (d) => {
        d.spec.metadata[0].value = "a=x,y;b=";
      },
      "dapr-topics-wider",
    ],
    [
      "topic scope of an app dropped",
      {
        apiVersion: "dapr.io/v1alpha1",
        kind: "Component",
        metadata,
        spec: { type: "pubsub.kafka", metadata: [{ name: "publishingScopes", value: "a=x;b=" }] },
        scopes: ["a"],
      },
      (d) => {
        d.spec.metadata[0].value = "a=x";
      },
      "dapr-topics-wider",
    ],
    [
      "component skips verification",
      {
        apiVersion: "dapr.io/v1alpha1",
        kind: "Component",
        metadata,
        spec: { type: "pubsub.kafka", metadata: [{ name: "skipVerify", value: "false" }] },
        scopes: ["a"],
      },
      (d) => {
        d.spec.metadata[0].value = "true";
      },
      "tls-weaker",
    ],
    [
      "component loses its authority",
      {
        apiVersion: "dapr.io/v1alpha1",
        kind: "Component",
        metadata,
        spec: { type: "pubsub.kafka", metadata: [{ name: "caCert", value: "x" }] },
        scopes: ["a"],
      },
      (d) => {
        d.spec.metadata = [];
      },
      "tls-weaker",
    ],
    [
      "weaker sslmode",
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { url: "postgres://h/d?sslmode=verify-full" } },
      (d) => {
        d.data.url = "postgres://h/d?sslmode=require";
      },
      "tls-weaker",
    ],
    [
      "alert",
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata,
        spec: { groups: [{ name: "g", rules: [{ alert: "A", expr: "up == 0" }] }] },
      },
      (d) => {
        d.spec.groups[0].rules = [];
      },
      "alert-changed",
    ],
  ];
  test.each(cases)("%s", (_, before, edit, rule) => {
    const after = structuredClone(before);
    edit(after);
    expect(rulesOf(only(before, after))).toContain(rule);
  });

  test.each([
    [
      "a powerful role",
      { ...clusterRole, rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] },
      "rbac-powerful",
    ],
    [
      "a cluster binding",
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "x" },
        roleRef: { kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "User", name: "me" }],
      },
      "rbac-cluster-binding",
    ],
    [
      "an open policy",
      { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec: { podSelector: {}, ingress: [{}] } },
      "network-open",
    ],
    [
      "a privileged pod",
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          template: { spec: { containers: [{ name: "c", image: "x:1.0", securityContext: { privileged: true } }] } },
        },
      },
      "privileged",
    ],
    [
      "a pod without limits",
      {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata,
        spec: { template: { spec: { containers: [{ name: "c", image: "x:1.0" }] } } },
      },
      "limits-removed",
    ],
    [
      "a pod of the latest image",
      {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata,
        spec: { template: { spec: { containers: [{ name: "c", image: "x" }] } } },
      },
      "image-floating",
    ],
    ["a load balancer", { apiVersion: "v1", kind: "Service", metadata, spec: { type: "LoadBalancer" } }, "exposed"],
    [
      "a secret's value",
      { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "correct horse" } },
      "secret-in-manifest",
    ],
    [
      "a component for every app",
      { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata, spec: { type: "state.redis" } },
      "dapr-scopes-wider",
    ],
    [
      "a monitor that verifies nothing",
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "ServiceMonitor",
        metadata,
        spec: { endpoints: [{ port: "a", tlsConfig: { insecureSkipVerify: true } }] },
      },
      "tls-weaker",
    ],
  ])("%s that is new", (_, after, rule) => {
    expect(rulesOf(only(undefined, after))).toContain(rule);
  });
});

describe("what is no danger is not called one", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      "a rule that another covers",
      clusterRole,
      {
        ...clusterRole,
        rules: [
          { apiGroups: ["apps"], resources: ["*"], verbs: ["list", "get"] },
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
        ],
      },
    ],
    ["a bigger claim", claim, { ...claim, spec: { ...claim.spec, resources: { requests: { storage: "20Gi" } } } }],
    [
      "a narrower policy",
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata,
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 1, endPort: 100 }] }],
        },
      },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata,
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [{ to: [{ ipBlock: { cidr: "10.1.0.0/16", except: ["10.1.1.0/24"] } }], ports: [{ port: 7 }] }],
        },
      },
    ],
    [
      "a peer that asks for more labels",
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata,
        spec: {
          podSelector: {},
          ingress: [
            { from: [{ podSelector: { matchExpressions: [{ key: "a", operator: "In", values: ["b", "c"] }] } }] },
          ],
        },
      },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata,
        spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { a: "b", d: "e" } } }] }] },
      },
    ],
  ])("%s", (_, before, after) => {
    expect(only(before, after).flags.filter(({ severity }) => severity === "danger")).toEqual([]);
  });

  test.each<[string, string, string, boolean]>([
    ["10.0.0.0/8", "10.2.0.0/16", "a part of a block", false],
    ["10.0.0.0/8", "10.0.0.0/7", "a block that is one bit wider", true],
    ["2001:db8::/32", "2001:db8:1::/48", "a part of an IPv6 block", false],
    ["2001:db8::/32", "2001:db9::/32", "another IPv6 block", true],
    ["10.0.0.0/8", "::/0", "another family", true],
  ])("from %s to %s: %s", (before, after, _, wider) => {
    const policy = (cidr: string) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ ipBlock: { cidr } }] }] },
    });
    expect(rulesOf(only(policy(before), policy(after))).includes("network-wider")).toBe(wider);
  });
});

describe("rules", () => {
  test("have an id, a severity and a sentence that says why", () => {
    for (const [id, { severity, reason }] of Object.entries(rules)) {
      expect(id).toMatch(/^[a-z][a-z-]+$/);
      expect(["info", "warning", "danger"]).toContain(severity);
      expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  });
});
