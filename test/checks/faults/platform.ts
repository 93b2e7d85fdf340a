import { environments } from "#environments";
import { mebibytes, millicores } from "#model/quantities";
import { singleNode } from "#model/size";
import { add, copy, type Fault, faultsOf, remove, set } from "../support.ts";

const POD = "spec template spec";
const tasks = "Deployment tasks";
const manifest = (apiVersion: string, kind: string, name: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "todo-apps", labels: { "app.kubernetes.io/part-of": "todo" } },
  ...rest,
});

const exists = faultsOf("reference-exists");
const waves = faultsOf("sync-wave-order");
const selector = faultsOf("selector-matches");
const monitor = faultsOf("monitor-port-exists");
const servicePort = faultsOf("service-port-exists");
const WAVE = "metadata annotations argocd.argoproj.io/sync-wave";

export const referenceFaults: readonly Fault[] = [
  exists(
    "a missing ServiceAccount",
    remove("ServiceAccount tasks"),
    /Deployment\/tasks: it refers to ServiceAccount todo-apps\/tasks/,
  ),
  exists(
    "a Secret that nothing copies",
    remove("ExternalSecret tasks-kafka"),
    /refers to Secret todo-apps\/tasks-kafka/,
  ),
  exists(
    "a token of the sidecar that nothing makes",
    remove("ExternalSecret tasks-dapr-api-token"),
    /Secret todo-apps\/tasks-dapr-api-token/,
  ),
  exists("a missing PriorityClass", set(tasks, `${POD} priorityClassName`, "high"), /refers to PriorityClass high/),
  exists(
    "a missing ConfigMap",
    set("Kafka todo-kafka", "spec kafka metricsConfig valueFrom configMapKeyRef name", "rules"),
    /ConfigMap infra-services\/rules/,
  ),
  exists("a missing StorageClass", remove("StorageClass todo-block"), /KafkaNodePool.*StorageClass todo-block/),
  exists(
    "a missing claim",
    set(tasks, `${POD} volumes 0`, { name: "tmp", persistentVolumeClaim: { claimName: "data" } }),
    /PersistentVolumeClaim todo-apps\/data/,
  ),
  exists(
    "a variable from a missing Secret",
    set(tasks, `${POD} containers 0 env 0`, { name: "A", valueFrom: { secretKeyRef: { name: "gone", key: "a" } } }),
    /Secret todo-apps\/gone/,
  ),
  exists("a missing pull secret", set(tasks, `${POD} imagePullSecrets`, [{ name: "pull" }]), /Secret todo-apps\/pull/),
  exists("a missing Configuration", remove("Configuration tasks"), /Deployment\/tasks: it refers to Configuration/),
  exists(
    "a missing component",
    remove("Component pubsub-kafka-todo"),
    /Subscription.*Component todo-apps\/pubsub-kafka-todo/,
  ),
  exists(
    "a route to a missing Service",
    set("HTTPRoute gateway", "spec rules 0 backendRefs 0 name", "gate"),
    /HTTPRoute\/gateway: it refers to Service todo-apps\/gate,/,
  ),
  exists(
    "a route to another port",
    set("HTTPRoute gateway", "spec rules 0 backendRefs 0 port", 80),
    /Service todo-apps\/gateway has no port 80/,
  ),
  exists(
    "a route of a missing Gateway",
    remove("Gateway todo"),
    /HTTPRoute\/gateway: it refers to Gateway ingress\/todo/,
  ),
  exists("a policy of a missing route", remove("HTTPRoute gateway"), /BackendTrafficPolicy.*HTTPRoute/),
  exists(
    "a certificate without issuer",
    remove("ClusterIssuer todo-public"),
    /Certificate\/todo: it refers to ClusterIssuer/,
  ),
  exists(
    "a listener without certificate",
    remove("Certificate todo", "ingress"),
    /Gateway\/todo: it refers to Secret ingress\/todo-tls/,
  ),
  exists("a role that is missing", remove("Role tasks-secrets"), /RoleBinding\/tasks-secrets: it refers to Role/),
  exists(
    "a subject that is missing",
    set("RoleBinding tasks-secrets", "subjects 0 name", "task"),
    /ServiceAccount todo-apps\/task,/,
  ),
  exists(
    "a scaler that cannot sign in",
    remove("TriggerAuthentication kafka-lag"),
    /ScaledObject\/tasks: it refers to TriggerAuthentication/,
  ),
  exists(
    "a store of secrets that is missing",
    remove("ClusterSecretStore todo-secrets"),
    /ExternalSecret.*ClusterSecretStore todo-secrets/,
  ),
  exists(
    "a topic of another cluster",
    set("KafkaTopic reminders", "metadata labels strimzi.io/cluster", "kafka"),
    /KafkaTopic\/reminders: it refers to Kafka infra-services\/kafka,/,
  ),
  exists("a namespace that nobody makes", remove("Namespace infra-services"), /refers to Namespace infra-services/),
  exists("a project that is missing", remove("AppProject todo-staging"), /Application\/tasks: it refers to AppProject/),

  waves(
    "a Job before its account",
    set("ServiceAccount tasks", WAVE, "1"),
    /Job\/tasks-migration: it is applied in wave 0 and refers to ServiceAccount todo-apps\/tasks of wave 1/,
  ),
  waves(
    "an Application before its namespaces",
    set("Application namespaces", WAVE, "5"),
    /synced in wave .* refers to .* of wave 5/,
  ),

  selector(
    "a Deployment that does not select its pods",
    set(tasks, `spec template metadata labels app.kubernetes.io/name`, "task"),
    /Deployment\/tasks: its selector/,
  ),
  selector(
    "a Service without pods",
    set("Service tasks", "spec selector", { "app.kubernetes.io/name": "task" }),
    /Service\/tasks: it selects no pods/,
  ),
  selector(
    "a budget without pods",
    set("PodDisruptionBudget tasks", "spec selector matchLabels", { a: "b" }),
    /PodDisruptionBudget\/tasks: it selects no pods/,
  ),
  selector(
    "a monitor without pods",
    set("PodMonitor tasks-dapr", "spec selector matchLabels", { a: "b" }),
    /PodMonitor\/tasks-dapr: it selects no pods/,
  ),
  selector("a monitor without a Service", remove("Service tasks"), /ServiceMonitor\/tasks: it selects no Service/),
  monitor(
    "a monitor of another port",
    set("ServiceMonitor tasks", "spec endpoints 0 port", "metrics"),
    /no Service has a port "metrics"/,
  ),
  servicePort("a Service of another port", set("Service tasks", "spec ports 0 targetPort", "web"), /leads to "web"/),
];

const kind = faultsOf("kind-known");
const namespace = faultsOf("namespace-given");
const name = faultsOf("name-legal");
const label = faultsOf("label-legal");
const annotation = faultsOf("annotation-text");
const recommended = faultsOf("labels-recommended");
const job = faultsOf("job-ends");

export const metadataFaults: readonly Fault[] = [
  kind(
    "a kind that nobody defines",
    add(manifest("example.com/v1", "Widget", "w")),
    /nothing defines Widget of example\.com\/v1/,
  ),
  kind(
    "a version that was removed",
    set("PodDisruptionBudget tasks", "apiVersion", "policy/v1beta1"),
    /served as v1, not as policy\/v1beta1/,
  ),
  kind(
    "an old version of a CRD",
    set("KafkaTopic reminders", "apiVersion", "kafka.strimzi.io/v1beta2"),
    /not as kafka\.strimzi\.io\/v1beta2/,
  ),
  namespace(
    "a namespaced kind without one",
    set("Service tasks", "metadata namespace", undefined),
    /-\/Service\/tasks: it names no namespace/,
  ),
  namespace(
    "a cluster-wide kind with one",
    set("StorageClass todo-block", "metadata namespace", "todo-apps"),
    /cluster-wide and names todo-apps/,
  ),
  name("upper case", set("Service tasks", "metadata name", "Tasks"), /"Tasks" is no name for a Service/),
  name("a Service with dots", set("Service tasks", "metadata name", "tasks.v1"), /"tasks\.v1" is no name/),
  name("a name that leaves pods none", copy(tasks, "t".repeat(48)), /has 48 characters, of which pods' names take 47/),
  label("a value that is too long", set("Service tasks", "metadata labels a", "x".repeat(64)), /label a has the value/),
  label(
    "a value with spaces on pods",
    set(tasks, "spec template metadata labels a", "b c"),
    /label a has the value "b c"/,
  ),
  annotation("a number", set("Service tasks", "metadata annotations a", 1), /annotation a is 1/),
  annotation("a key with spaces", set(tasks, "spec template metadata annotations", { "a b": "c" }), /"a b" is no name/),
  recommended("a resource without them", set("Service tasks", "metadata labels", {}), /Service\/tasks: it has no app/),
  recommended(
    "pods without a component",
    set(tasks, "spec template metadata labels app.kubernetes.io/component", undefined),
    /its pods have no app\.kubernetes\.io\/component/,
  ),
  job(
    "a Job without an end",
    set("Job tasks-migration", "spec activeDeadlineSeconds", undefined),
    /has no activeDeadlineSeconds/,
  ),
  job(
    "a Job that always restarts",
    set("Job tasks-migration", "spec template spec restartPolicy", "Always"),
    /restart Always/,
  ),
  job(
    "a CronJob without an end",
    (resources) =>
      add({
        ...manifest("batch/v1", "CronJob", "nightly"),
        spec: {
          jobTemplate: { spec: { template: { metadata: {}, spec: { restartPolicy: "Never", containers: [] } } } },
        },
      })(resources),
    /CronJob\/nightly: it has no backoffLimit/,
  ),
];

const folders = faultsOf("application-folders");
const sync = faultsOf("application-sync");
const guarded = faultsOf("prune-guarded");
const project = faultsOf("project-allows");
const owned = faultsOf("resource-owned-once");
const pinned = faultsOf("chart-pinned");
const values = faultsOf("chart-values-known");
const home = faultsOf("application-home");
const hook = faultsOf("job-is-hook");
const OPTIONS = "metadata annotations argocd.argoproj.io/sync-options";

export const argocdFaults: readonly Fault[] = [
  hook("a Job that stays", set("Job tasks-migration", "metadata annotations", {}), /no hook that is replaced/),
  folders("a folder that nobody applies", remove("Application tasks"), /no Application applies gitops\/staging\/tasks/),
  folders(
    "an Application of nothing",
    set("Application tasks", "spec source path", "gitops/staging/task"),
    /nothing under gitops\/staging\/task/,
  ),
  folders(
    "two Applications of one folder",
    copy("Application tasks", "tasks-too"),
    /2 Applications apply gitops\/staging\/tasks/,
  ),
  sync(
    "changes by hand that stay",
    set("Application tasks", "spec syncPolicy automated", undefined),
    /changes by hand stay/,
  ),
  sync(
    "client-side apply",
    set("Application tasks", "spec syncPolicy syncOptions", []),
    /without ServerSideApply=true/,
  ),
  sync(
    "commits that it does not see",
    set("Application tasks", "metadata annotations argocd.argoproj.io/manifest-generate-paths", "/gitops/staging/chat"),
    /a commit below gitops\/staging\/tasks does not/,
  ),
  guarded(
    "a topic that a sync deletes",
    set("KafkaTopic reminders", OPTIONS, undefined),
    /KafkaTopic\/reminders: it is not marked Prune=false/,
  ),
  guarded(
    "a topic that a person may let a sync delete",
    set("KafkaTopic reminders", OPTIONS, "Prune=confirm"),
    /not marked Prune=false/,
  ),
  guarded(
    "a namespace",
    set("Namespace todo-apps", OPTIONS, "Prune=confirm"),
    /Namespace\/todo-apps: it is not marked Delete=confirm/,
  ),
  guarded("brokers", set("KafkaNodePool brokers", OPTIONS, undefined), /not marked Prune=confirm/),
  project(
    "a kind that the project does not list",
    add(manifest("v1", "Pod", "debug")),
    /Pod\/debug: its project does not allow Pod/,
  ),
  project(
    "a cluster-wide kind of a service",
    add({ ...manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "all"), metadata: { name: "all" } }),
    /does not allow ClusterRole of rbac/,
  ),
  project(
    "another namespace",
    set("Service tasks", "metadata namespace", "monitoring"),
    /may not touch the namespace monitoring/,
  ),
  project(
    "another repository",
    set("Application tasks", "spec source repoURL", "https://example.com/fork.git"),
    /may not read https:\/\/example\.com\/fork/,
  ),
  owned("one resource twice", copy("Service tasks", "tasks"), /it is also in staging\/tasks/),
  owned(
    "a namespace that a chart makes as well",
    set("Application dapr", "spec syncPolicy syncOptions", ["CreateNamespace=true"]),
    /creates the namespace dapr-system, which is rendered/,
  ),
  pinned(
    "a range of versions",
    set("Application dapr", "spec source targetRevision", "1.*"),
    /dapr 1\.\* is not the pinned/,
  ),
  pinned(
    "another repository",
    set("Application dapr", "spec source repoURL", "https://charts.example.com"),
    /dapr comes from https/,
  ),
  pinned("a chart without a pin", set("Application dapr", "spec source chart", "mesh"), /the chart mesh has no pin/),
  values(
    "a value that the chart does not have",
    set("Application dapr", "spec source helm valuesObject dapr_sidecar_injector sidecarDropAllCapabilities", true),
    /dapr has no value dapr_sidecar_injector\.sidecarDropAllCapabilities/,
  ),
  home("an Application elsewhere", set("Application tasks", "metadata namespace", "todo-apps"), /it lies in todo-apps/),
];

const denied = faultsOf("network-default-deny");
const open = faultsOf("network-open");
const streams = faultsOf("route-streaming-timeout");
const POLICY = "NetworkPolicy tasks";
const everywhere = [{ ipBlock: { cidr: "0.0.0.0/0" } }];

export const networkFaults: readonly Fault[] = [
  streams(
    "a timeout on a stream",
    set("HTTPRoute realtime", "spec rules 0 timeouts request", "30s"),
    /streams under \/ws end after 30s/,
  ),
  streams(
    "the default timeout on a stream",
    set("HTTPRoute gateway", "spec rules 0 timeouts", undefined),
    /streams under \/api end after 15s/,
  ),
  denied(
    "a namespace without a default",
    remove("NetworkPolicy default-deny", "todo-apps"),
    /nothing denies connections by default in todo-apps/,
  ),
  denied("a default for one way", set("NetworkPolicy default-deny", "spec policyTypes", ["Ingress"]), /nothing denies/),
  open(
    "a rule for everybody",
    set(POLICY, "spec ingress 0 from", undefined),
    /NetworkPolicy\/tasks: its ingress rule names nobody/,
  ),
  open("an empty peer", set(POLICY, "spec egress 0 to", [{}]), /egress rule means an empty peer/),
  open(
    "every namespace",
    set(POLICY, "spec ingress 0 from", [{ namespaceSelector: {} }]),
    /ingress rule means every namespace/,
  ),
  open("every address", set(POLICY, "spec egress 0 to", everywhere), /every address, 10\.0\.0\.0\/8/),
  open("every IPv6 address", set(POLICY, "spec egress 0 to", [{ ipBlock: { cidr: "::/0" } }]), /every IPv6 address/),
  open(
    "every port of the outside",
    set(POLICY, "spec egress 0", { to: [{ ipBlock: { cidr: "203.0.113.0/24" } }] }),
    /opens every port/,
  ),
];

const object = faultsOf("secret-not-rendered");
const text = faultsOf("secret-not-in-text");
const variable = faultsOf("secret-not-in-variable");
const password = "no-real-value";
const env = (name: string, value: string) => set(tasks, `${POD} containers 0 env 0`, { name, value });

export const secretFaults: readonly Fault[] = [
  object(
    "a Secret with data",
    add(manifest("v1", "Secret", "s", { stringData: { key: "value" } })),
    /Secret\/s: it holds key/,
  ),
  text(
    "an address with a password",
    env("URL", `postgresql://tasks:${password}@db:5432/todo`),
    /holds an address with a password/,
  ),
  text("a connection string", env("HUB", `Endpoint=sb://x/;SharedAccessKey=${password}=`), /holds a connection string/),
  text(
    "a private key",
    add(manifest("v1", "ConfigMap", "c", { data: { pem: `-----BEGIN ${"PRIVATE"} KEY-----` } })),
    /ConfigMap\/c: pem holds a private key/,
  ),
  variable("a password in a variable", env("DB_PASSWORD", password), /the variable DB_PASSWORD/),
  variable(
    "a token in a ConfigMap",
    add(manifest("v1", "ConfigMap", "c", { data: { "api-token": password } })),
    /data api-token/,
  ),
  variable(
    "a password in a component",
    set("Component statestore", "spec metadata 0", { name: "redisPassword", value: password }),
    /metadata redisPassword/,
  ),
];

const secretKey = faultsOf("secret-key-exists");
const external = faultsOf("external-secret-readable");
const daprSecret = faultsOf("dapr-secret-readable");
const least = faultsOf("rbac-least");
const RULE = "rules 0";

export const accessFaults: readonly Fault[] = [
  secretKey(
    "a file that the Secret does not hold",
    set("ExternalSecret tasks-database", "spec target template data", { url: "u" }),
    /Job\/tasks-migration: the Secret tasks-database has no key direct-url/,
  ),
  secretKey(
    "a variable of the sidecar without its key",
    set("ExternalSecret tasks-kafka", "spec data", []),
    /Deployment\/tasks: the Secret tasks-kafka has no key user\.crt/,
  ),
  external(
    "a Secret that the store may not read",
    set("ExternalSecret tasks-kafka", "spec data 0 remoteRef key", "chats"),
    /operator-secrets may not read infra-services\/chats/,
  ),
  external(
    "a namespace that the store does not serve",
    set("ClusterSecretStore todo-secrets", "spec conditions", [{ namespaces: ["default"] }]),
    /todo-secrets does not serve todo-apps/,
  ),
  daprSecret(
    "a secret that the account may not read",
    set("Role chat-secrets", `${RULE} resourceNames`, ["chat-database"]),
    /chat may not read openai-api-key/,
  ),
  daprSecret(
    "a secret beyond the scope",
    set("Role chat-secrets", `${RULE} resourceNames`, ["chat-database", "openai-api-key", "smtp-url"]),
    /may read smtp-url, its scope not/,
  ),
  least("every Secret", set("Role chat-secrets", `${RULE} resourceNames`, undefined), /reads every Secret/),
  least("every verb", set("Role chat-secrets", `${RULE} verbs`, ["*"]), /allows all verbs/),
  least(
    "an administrator",
    set("RoleBinding viewer", "roleRef name", "cluster-admin"),
    /administrators of the cluster/,
  ),
];

const requests = faultsOf("capacity-requests");
const placement = faultsOf("pool-placement");
const connections = faultsOf("capacity-connections");
const quota = faultsOf("quota-covers");
const { dev, staging } = environments;
const HARD = "spec hard";

export const capacityFaults: readonly Fault[] = [
  requests(
    "a service that no node can hold",
    set(tasks, `${POD} containers 0 resources requests memory`, "32Gi"),
    /the pool apps cannot hold tasks/,
  ),
  requests(
    "brokers that no node can hold",
    set("KafkaNodePool brokers", "spec resources requests cpu", "8"),
    /the pool kafka cannot hold kafka/,
  ),
  requests("a laptop that is too small", [], /the node cannot hold/, {
    in: "dev",
    around: { environment: { ...dev, size: singleNode({ cpu: millicores(4000), memory: mebibytes(4000) }) } },
  }),
  placement(
    "a pod without a pool",
    set(tasks, `${POD} nodeSelector`, {}),
    /Deployment\/tasks: its pods are bound to no pool/,
  ),
  placement(
    "a pool that is not there",
    set(tasks, `${POD} nodeSelector`, { "todo.dev/pool": "gpu" }),
    /the pool gpu, which is not there/,
  ),
  placement(
    "a taint that is not tolerated",
    set(tasks, `${POD} tolerations`, []),
    /do not tolerate the taint of the pool apps/,
  ),
  placement(
    "a Job without a pool",
    set("Job tasks-migration", `${POD} nodeSelector`, {}),
    /Job\/tasks-migration: its pods are bound to no pool/,
  ),
  connections("more connections than the server takes", [], /up to \d+ connections .* takes 50/, {
    around: { environment: { ...staging, postgres: { ...staging.postgres, maxConnections: 50 } } },
  }),
  quota("too few pods", set("ResourceQuota services", `${HARD} pods`, "10"), /allows 10 pods, \d+ may be needed/),
  quota(
    "too little memory",
    set("ResourceQuota services", `${HARD} requests.memory`, "1Gi"),
    /allows 1Gi of requests\.memory/,
  ),
  quota("too little CPU", set("ResourceQuota services", `${HARD} requests.cpu`, "1"), /allows 1 of requests\.cpu/),
  quota(
    "a bound that a container does not say",
    [
      set("ResourceQuota services", `${HARD} limits.cpu`, "900"),
      set(tasks, `${POD} containers 0 resources limits cpu`, undefined),
    ],
    /bounds limits\.cpu, which the container tasks/,
  ),
  quota(
    "a bound that sidecars cannot say",
    [set("ResourceQuota services", `${HARD} limits.ephemeral-storage`, "10Gi"), remove("LimitRange defaults")],
    /bounds limits\.ephemeral-storage, which sidecars cannot say/,
  ),
];
