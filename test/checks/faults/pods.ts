import { UNRELEASED } from "#model/images";
import { copy, type Fault, faultsOf, releasedImages, remove, set } from "../support.ts";

const POD = "spec template spec";
const CONTAINER = `${POD} containers 0`;
const NOTES = "spec template metadata annotations";

const byDigest = faultsOf("image-by-digest");
const notLatest = faultsOf("image-not-latest");
const released = faultsOf("image-released");
const restricted = faultsOf("pod-security-restricted");
const level = faultsOf("pod-security-level");
const host = faultsOf("pod-host-access");
const hardened = faultsOf("container-hardened");
const token = faultsOf("pod-without-token");
const injector = faultsOf("dapr-injector-values");
const resources = faultsOf("container-resources");
const probes = faultsOf("container-probes");
const ports = faultsOf("container-port-names");
const grace = faultsOf("pod-grace-period");
const volumes = faultsOf("container-volumes");

const dapr = "spec source helm valuesObject dapr_sidecar_injector";
const tasks = "Deployment tasks";

export const podFaults: readonly Fault[] = [
  byDigest(
    "a tag of ours",
    set(tasks, `${CONTAINER} image`, "ghcr.io/example/todo/tasks:1.2.3"),
    /tasks runs .*no digest/,
  ),
  byDigest(
    "a digest that is cut off",
    set(tasks, `${CONTAINER} image`, "ghcr.io/example/todo/tasks@sha256:abc"),
    /no digest/,
  ),
  notLatest("latest", set(tasks, `${CONTAINER} image`, "docker.io/library/busybox:latest"), /busybox:latest/),
  notLatest(
    "an image without a tag",
    set(tasks, `${CONTAINER} image`, "registry:5000/busybox"),
    /registry:5000\/busybox/,
  ),
  notLatest("no image", set(tasks, `${CONTAINER} image`, undefined), /no image/),
  released("an image that nobody built", [], /tasks has no released image/, {
    around: {
      images: { ...releasedImages, tasks: UNRELEASED },
    },
  }),

  restricted(
    "a container that may escalate",
    set(tasks, `${CONTAINER} securityContext allowPrivilegeEscalation`, true),
    /tasks: allowPrivilegeEscalation is not false/,
  ),
  restricted(
    "a capability too many",
    set(tasks, `${CONTAINER} securityContext capabilities add`, ["NET_ADMIN"]),
    /adds the capability NET_ADMIN/,
  ),
  restricted(
    "capabilities that are kept",
    set(tasks, `${CONTAINER} securityContext capabilities`, undefined),
    /tasks: capabilities do not drop ALL/,
  ),
  restricted("root", set(tasks, `${CONTAINER} securityContext runAsUser`, 0), /runAsUser is 0/),
  restricted(
    "a container that may be root",
    set(tasks, `${CONTAINER} securityContext runAsNonRoot`, false),
    /runAsNonRoot is not true/,
  ),
  restricted(
    "a privileged container",
    set(tasks, `${CONTAINER} securityContext privileged`, true),
    /privileged is true/,
  ),
  restricted(
    "an unconfined profile",
    set(tasks, `${CONTAINER} securityContext seccompProfile`, { type: "Unconfined" }),
    /seccompProfile is Unconfined/,
  ),
  restricted(
    "another AppArmor profile",
    set(tasks, `${POD} securityContext appArmorProfile`, { type: "Unconfined" }),
    /appArmorProfile is Unconfined/,
  ),
  restricted(
    "a SELinux type",
    set(tasks, `${POD} securityContext seLinuxOptions`, { type: "spc_t" }),
    /seLinuxOptions/,
  ),
  restricted(
    "a sysctl",
    set(tasks, `${POD} securityContext sysctls`, [{ name: "kernel.msgmax", value: "1" }]),
    /sysctl kernel\.msgmax/,
  ),
  restricted(
    "a volume of the node",
    set(tasks, `${POD} volumes 0`, { name: "tmp", hostPath: { path: "/" } }),
    /volume tmp is of a type/,
  ),
  restricted("the node's network", set(tasks, `${POD} hostNetwork`, true), /hostNetwork is true/),
  restricted(
    "another process mount",
    set(tasks, `${CONTAINER} securityContext procMount`, "Unmasked"),
    /procMount is Unmasked/,
  ),
  restricted(
    "a probe of another host",
    set(tasks, `${CONTAINER} livenessProbe httpGet host`, "169.254.169.254"),
    /livenessProbe names a host/,
  ),
  restricted(
    "an annotation for AppArmor",
    set(tasks, `${NOTES} container.apparmor.security.beta.kubernetes.io/tasks`, "unconfined"),
    /unconfined/,
  ),
  restricted(
    "a sidecar that keeps capabilities",
    set("Application dapr", `${dapr} sidecarDropALLCapabilities`, undefined),
    /daprd: capabilities do not drop ALL/,
  ),
  restricted(
    "a sidecar that may be root",
    set("Application dapr", `${dapr} sidecarRunAsNonRoot`, false),
    /daprd: runAsNonRoot is not true/,
  ),
  restricted(
    "a certificate folder for Windows, which makes daprd root",
    set(tasks, `${NOTES} dapr.io/env`, "SSL_CERT_DIR=/certificates"),
    /daprd: runAsNonRoot is not true/,
  ),

  level(
    "a namespace without a level",
    set("Namespace infra-services", "metadata labels", {}),
    /says no Pod Security level/,
  ),
  level(
    "a level that does not exist",
    set("Namespace infra-services", "metadata labels pod-security.kubernetes.io/enforce", "strict"),
    /"strict" does not exist/,
  ),
  level(
    "services that are not restricted",
    set("Namespace todo-apps", "metadata labels pod-security.kubernetes.io/enforce", "baseline"),
    /todo-apps: it enforces baseline/,
  ),

  host("the node's processes", set(tasks, `${POD} hostPID`, true), /hostPID is true/),
  host(
    "a path of the node",
    set(tasks, `${POD} volumes 0`, { name: "tmp", hostPath: { path: "/" } }),
    /volume tmp is a path of the node/,
  ),
  host("a port of the node", set(tasks, `${CONTAINER} ports 0 hostPort`, 80), /tasks takes a host port/),

  hardened(
    "a writable root",
    set(tasks, `${CONTAINER} securityContext readOnlyRootFilesystem`, undefined),
    /tasks can write/,
  ),
  hardened("a low user id", set(tasks, `${CONTAINER} securityContext runAsUser`, 1000), /runs as user 1000/),
  hardened(
    "the image's own user",
    [
      set(tasks, `${CONTAINER} securityContext runAsUser`, undefined),
      set(tasks, `${POD} securityContext runAsUser`, undefined),
    ],
    /runs as user of its image/,
  ),
  hardened(
    "a sidecar that can write",
    set("Application dapr", `${dapr} sidecarReadOnlyRootFilesystem`, false),
    /daprd can write/,
  ),

  token("a token in every pod", set(tasks, `${POD} automountServiceAccountToken`, undefined), /mount a token/),
  token(
    "the sidecar's token in the service's own container",
    set(tasks, `${CONTAINER} volumeMounts 0`, { name: "secret-store-token", mountPath: "/token" }),
    /tasks mounts the token secret-store-token/,
  ),

  injector(
    "pods that start without a sidecar",
    set("Application dapr", `${dapr} webhookFailurePolicy`, "Ignore"),
    /start without a sidecar/,
  ),
  injector(
    "an injector for every namespace",
    set("Application dapr", `${dapr} namespaceSelector`, {}),
    /every namespace/,
  ),

  resources(
    "no memory limit",
    set(tasks, `${CONTAINER} resources limits memory`, undefined),
    /tasks has no memory in its limits/,
  ),
  resources("no request", set(tasks, `${CONTAINER} resources`, undefined), /tasks has no cpu in its requests/),
  resources(
    "no bound on local storage",
    set(tasks, `${CONTAINER} resources limits ephemeral-storage`, undefined),
    /no ephemeral-storage in its limits/,
  ),
  resources(
    "a request above its limit",
    set(tasks, `${CONTAINER} resources requests memory`, "1Gi"),
    /requests more memory \(1Gi\)/,
  ),
  resources(
    "a quantity that is none",
    set(tasks, `${CONTAINER} resources requests cpu`, "much"),
    /no cpu in its requests/,
  ),
  resources(
    "a sidecar without a request",
    set(tasks, `${NOTES} dapr.io/sidecar-memory-request`, undefined),
    /daprd has no memory in its requests/,
  ),
  resources(
    "a sidecar without a limit",
    set(tasks, `${NOTES} dapr.io/sidecar-memory-limit`, undefined),
    /daprd has no memory in its limits/,
  ),

  probes("no readiness", set(tasks, `${CONTAINER} readinessProbe`, undefined), /has no readinessProbe/),
  probes("no liveness", set(tasks, `${CONTAINER} livenessProbe`, undefined), /has no livenessProbe/),

  ports(
    "a port without a name",
    set(tasks, `${CONTAINER} ports 0 name`, undefined),
    /port 8082 of container tasks has no proper name/,
  ),
  ports("a name that is too long", set(tasks, `${CONTAINER} ports 0 name`, "a-name-beyond-15"), /no proper name/),
  ports(
    "a probe of a port that is not there",
    set(tasks, `${CONTAINER} livenessProbe httpGet port`, "web"),
    /asks port "web"/,
  ),

  grace(
    "too little time to drain",
    set(tasks, `${POD} terminationGracePeriodSeconds`, 30),
    /gets 30 s to end, and needs more than 35 s/,
  ),
  grace(
    "a sidecar that ends more slowly",
    set(tasks, `${NOTES} dapr.io/graceful-shutdown-seconds`, "60"),
    /needs more than 85 s/,
  ),

  volumes("a mount without its volume", set(tasks, `${CONTAINER} volumeMounts 0 name`, "scratch"), /mounts "scratch"/),
  volumes(
    "a mount of the sidecar without its volume",
    set(tasks, `${NOTES} dapr.io/volume-mounts`, "gone:/gone"),
    /volume-mounts names "gone"/,
  ),
];

const deployment = tasks;
const evictable = faultsOf("disruption-budget-evictable");
const budgeted = faultsOf("disruption-budget-missing");
const single = faultsOf("autoscaler-single");
const owns = faultsOf("autoscaler-owns-replicas");
const bounds = faultsOf("autoscaler-bounds");
const partitions = faultsOf("consumer-partitions");
const spread = faultsOf("replicas-spread");

export const availabilityFaults: readonly Fault[] = [
  evictable(
    "a budget of zero",
    set("PodDisruptionBudget tasks", "spec maxUnavailable", 0),
    /with 2 replicas it allows no eviction/,
  ),
  evictable(
    "a budget that keeps all",
    [
      set("PodDisruptionBudget tasks", "spec maxUnavailable", undefined),
      set("PodDisruptionBudget tasks", "spec minAvailable", 2),
    ],
    /allows no eviction/,
  ),
  evictable(
    "a share that keeps all",
    [
      set("PodDisruptionBudget tasks", "spec maxUnavailable", undefined),
      set("PodDisruptionBudget tasks", "spec minAvailable", "51%"),
    ],
    /allows no eviction/,
  ),
  budgeted("no budget", remove("PodDisruptionBudget tasks"), /Deployment\/tasks: no disruption budgets/),
  budgeted("two budgets", copy("PodDisruptionBudget tasks", "tasks-too"), /Deployment\/tasks: 2 disruption budgets/),
  budgeted(
    "a budget for other pods",
    set("PodDisruptionBudget tasks", "spec selector matchLabels", { a: "b" }),
    /Deployment\/tasks: no disruption/,
  ),

  single(
    "an HPA beside a ScaledObject",
    copy("HorizontalPodAutoscaler frontend", "tasks", (hpa) => {
      (hpa.spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name = "tasks";
    }),
    /ScaledObject\/tasks: HorizontalPodAutoscaler tasks scales the same/,
  ),
  single(
    "a target that is not there",
    set("ScaledObject tasks", "spec scaleTargetRef name", "task"),
    /Deployment\/task, is not rendered/,
  ),
  owns("replicas under an autoscaler", set(deployment, "spec replicas", 3), /says its replicas/),
  bounds("scaling to zero", set("ScaledObject tasks", "spec minReplicaCount", 0), /from 0 to 10/),
  bounds("a maximum below the minimum", set("HorizontalPodAutoscaler frontend", "spec maxReplicas", 1), /from 2 to 1/),
  bounds("no minimum, which means zero", set("ScaledObject tasks", "spec minReplicaCount", undefined), /from 0 to/),
  partitions(
    "more consumers than partitions",
    set("ScaledObject recurring", "spec maxReplicaCount", 7),
    /up to 7 replicas share the 6 partitions/,
  ),
  spread(
    "replicas on one node",
    [
      set(deployment, "spec template spec affinity", undefined),
      set(deployment, "spec template spec topologySpreadConstraints", undefined),
    ],
    /nothing keeps its replicas/,
  ),
];
