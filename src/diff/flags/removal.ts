import type { Manifest } from "#emit/document";
import { resourceText } from "../documents.ts";
import { mapAt, textAt } from "../value.ts";
import { danger, info, type Raise, ruleSet, type Subject, warning } from "./rule.ts";

/** What holds data, by kind; the group matters only where two share a kind. */
const data: Readonly<Record<string, string>> = {
  StatefulSet: "its pods end; its claims stay or go as its retention policy says",
  PersistentVolumeClaim: "the volume is deleted with it unless its class retains volumes",
  PersistentVolume: "the cluster forgets the volume",
  Namespace: "everything in it is deleted with it",
  CustomResourceDefinition: "every resource of its kind is deleted with it",
  KafkaTopic: "the topic's events are deleted with it",
  Kafka: "the brokers and, with deleteClaim, their volumes are deleted",
  KafkaNodePool: "these brokers are deleted",
  Cluster: "the database and its volumes are deleted",
  Database: "the database may be dropped, as its reclaim policy says",
  ScheduledBackup: "no more backups are made",
  StorageClass: "no new volume of this class can be made",
  VolumeSnapshot: "the snapshot is deleted",
};

const secrets = new Set([
  "Secret",
  "ExternalSecret",
  "ClusterExternalSecret",
  "SecretStore",
  "ClusterSecretStore",
  "SealedSecret",
  "Password",
  "Certificate",
  "Issuer",
  "ClusterIssuer",
  "TriggerAuthentication",
  "ClusterTriggerAuthentication",
]);

const guards: Readonly<Record<string, string>> = {
  NetworkPolicy: "pods that no other policy selects accept and open every connection",
  ValidatingWebhookConfiguration: "nothing refuses what it refused",
  MutatingWebhookConfiguration: "nothing adds what it added, such as sidecars",
  ValidatingAdmissionPolicy: "nothing refuses what it refused",
  ValidatingAdmissionPolicyBinding: "nothing refuses what it refused",
  ResourceQuota: "the namespace may take all of the cluster",
  LimitRange: "containers without requests and limits get none",
  SecurityPolicy: "what it authenticated or limited is open",
  ClientTrafficPolicy: "clients get the proxy's defaults for TLS, headers and limits",
  BackendTrafficPolicy: "its rate limits and timeouts end",
  AppProject: "its Applications have no project to hold them",
  KafkaUser: "its clients lose their access, and its limits end",
  Configuration: "sidecars that name it start without its access control, or not at all",
};

const workloads: Readonly<Record<string, string>> = {
  Deployment: "its pods end",
  DaemonSet: "its pods end on every node",
  CronJob: "it no longer runs",
  Service: "its name no longer resolves",
  Ingress: "its public addresses stop answering",
  HTTPRoute: "its public addresses stop answering",
  Gateway: "its public addresses stop answering",
  ServiceAccount: "pods under it cannot start",
  Role: "whoever is bound to it loses these rights",
  ClusterRole: "whoever is bound to it loses these rights",
  RoleBinding: "its subjects lose these rights",
  ClusterRoleBinding: "its subjects lose these rights",
  ConfigMap: "pods that mount it cannot start",
  Component: "apps that use it fail",
  Subscription: "its events are no longer delivered",
  Resiliency: "its retries, timeouts and circuit breakers end",
  HorizontalPodAutoscaler: "the number of replicas no longer follows the load",
  ScaledObject: "the number of replicas no longer follows the load",
  PodDisruptionBudget: "a node's drain may stop all of its pods at once",
  PriorityClass: "pods that name it cannot start",
  Pooler: "clients that use the pooler cannot connect",
  APIService: "its API no longer answers",
};

const watchers = new Set(["ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe", "ScrapeConfig"]);

/** What Argo CD will do about a resource that is no longer rendered. */
function fate({ comparison, pair, before }: Subject): {
  readonly rule: "pruned" | "left-behind" | "prune-waits";
  readonly words: string;
} {
  const options = textAt(before, "metadata", "annotations", "argocd.argoproj.io/sync-options") ?? "";
  const hook = textAt(before, "metadata", "annotations", "argocd.argoproj.io/hook");
  if (hook !== undefined)
    return { rule: "left-behind", words: "Argo CD no longer runs this hook and leaves what the last sync made of it" };
  if (/\bPrune=false\b/i.test(options))
    return {
      rule: "left-behind",
      words: "Argo CD leaves it in the cluster (Prune=false), where nobody manages it any more",
    };
  if (/\bPrune=confirm\b/i.test(options))
    return { rule: "prune-waits", words: "the sync waits until a person confirms the deletion (Prune=confirm)" };
  const application = applicationOf(comparison.base.environment(pair.environment), pair);
  if (application === undefined)
    return { rule: "pruned", words: "Argo CD deletes it once this is merged, where its Application prunes" };
  const name = application.metadata.name;
  const automated = mapAt(application, "spec", "syncPolicy", "automated");
  if (automated.prune === true)
    return { rule: "pruned", words: `Argo CD deletes it once this is merged: Application ${name} prunes` };
  return {
    rule: "left-behind",
    words: `Application ${name} does not prune by itself: it stays until somebody prunes it`,
  };
}

/** The Application whose path is this resource's folder. */
function applicationOf(
  documents: readonly { readonly manifest: Manifest }[],
  { environment, before }: Subject["pair"],
) {
  if (!before || before.application === "") return undefined;
  const folder = `${environment}/${before.application}`;
  return documents
    .map(({ manifest }) => manifest)
    .find(({ kind, spec }) => {
      if (kind !== "Application") return false;
      const path = textAt(spec, "source", "path") ?? "";
      return path === folder || path.endsWith(`/${folder}`);
    });
}

export const removal = ruleSet(
  {
    "removed-data": danger("A resource that holds data or names what holds it is removed."),
    "removed-secret": danger("A source of secrets or certificates is removed."),
    "removed-guard": danger("Something that forbids, limits or checks is removed."),
    "removed-workload": warning("Something that runs or is called is removed."),
    "removed-monitoring": warning("A source of metrics or alerts is removed."),
    "removed-application": danger(
      "An Argo CD Application is removed: what it delivers is deleted with it or left behind.",
    ),
    pruned: warning("Argo CD deletes the resource after the merge."),
    "prune-waits": warning("Argo CD waits for a person before it deletes the resource."),
    "left-behind": warning("The resource stays in the cluster although nothing renders it any more."),
    "duplicate-resource": danger("One resource stands in a rendering twice: which one wins is chance."),
    "application-moved": warning("A resource changes its Application: one may delete what the other applied."),
    "not-a-manifest": warning(
      "A file that is no manifest lies under an Application's path, where it may change how Argo CD renders it.",
    ),
    "api-version": info("A resource is written in another version of its API."),
  },
  (subject, raise) => {
    const { before, after, renamed, pair } = subject;
    if (before && after && before.apiVersion !== after.apiVersion) {
      raise("api-version", `${before.apiVersion} becomes ${after.apiVersion}`);
    }
    if (before && after && !renamed && pair.before?.application !== pair.after?.application) {
      raise(
        "application-moved",
        `from ${pair.before?.application || "the root"} to ${pair.after?.application || "the root"}`,
      );
    }
    if (!before || (after && !renamed)) return;
    inspectRemoved(subject, before, raise);
  },
);

function inspectRemoved(subject: Subject, before: Manifest, raise: Raise<keyof typeof removal.rules & string>): void {
  const { kind, after } = subject;
  const becomes = after ? ` (it is now ${resourceText(after)})` : "";
  const { rule, words } = fate(subject);
  raise(rule, words + becomes);
  const has = (table: Readonly<Record<string, string>>): string | undefined =>
    Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (has(data)) raise("removed-data", `${kind} ${before.metadata.name} is removed: ${has(data)}${becomes}`);
  if (secrets.has(kind))
    raise("removed-secret", `${kind} ${before.metadata.name} is removed: what reads its secret fails${becomes}`);
  // A guard that was renamed in place still guards; what became weaker in it has rules of its own.
  if (has(guards) && !after) raise("removed-guard", `${kind} ${before.metadata.name} is removed: ${has(guards)}`);
  if (has(workloads) && !after)
    raise("removed-workload", `${kind} ${before.metadata.name} is removed: ${has(workloads)}`);
  if (has(workloads) && after)
    raise(
      "removed-workload",
      `${kind} ${before.metadata.name} is replaced by ${after.metadata.name}: whoever uses the old name no longer finds it`,
    );
  if (watchers.has(kind) && !after)
    raise("removed-monitoring", `${kind} ${before.metadata.name} is removed: what it watched is not seen any more`);
  if (kind === "Application") {
    const cascades = JSON.stringify(before.metadata.finalizers ?? []).includes(
      "resources-finalizer.argocd.argoproj.io",
    );
    raise(
      "removed-application",
      cascades
        ? "everything it delivers is deleted with it (resources-finalizer)"
        : "what it delivers stays, and nobody manages it",
    );
  }
}
