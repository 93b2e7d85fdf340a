/**
 * What tells the items of a list apart, and whether their order means something. One table for every kind: the more
 * exact entry stands first. Lists that are not in it are compared in order, by `name` where every item has its own.
 */

export interface ListKind {
  /** Fields that name an item; the first alternative that is whole and unique for every item counts. */
  readonly keys: readonly (readonly string[])[];
  /** The order means something, so that another order is a change. */
  readonly ordered: boolean;
}

interface Entry extends ListKind {
  readonly field: string;
  /** Only in lists that lie below this field. */
  readonly under?: string;
  /** Only in these kinds. */
  readonly kinds?: readonly string[];
}

const keyed = (fields: string, ...keys: (readonly string[])[]): Entry[] =>
  fields.split(" ").map((field) => ({ field, keys, ordered: false }));
const inOrder = (fields: string, ...keys: (readonly string[])[]): Entry[] =>
  keyed(fields, ...keys).map((entry) => ({ ...entry, ordered: true }));
const set = (fields: string): Entry[] => keyed(fields);
const only = (where: Pick<Entry, "under" | "kinds">, entries: readonly Entry[]): Entry[] =>
  entries.map((entry) => ({ ...entry, ...where }));

const NAME = ["name"] as const;

const table: readonly Entry[] = [
  // Peers, ports and rules of a policy are alternatives: any one that fits lets a packet pass.
  ...only({ kinds: ["NetworkPolicy"] }, set("ingress egress from to ports except policyTypes")),
  ...only({ kinds: ["Role", "ClusterRole"] }, set("rules verbs resources apiGroups resourceNames nonResourceURLs")),
  ...only(
    { kinds: ["RoleBinding", "ClusterRoleBinding"] },
    keyed("subjects", ["kind", "namespace", "name"], ["kind", "name"]),
  ),
  ...only({ kinds: ["Component"], under: "spec" }, keyed("metadata", NAME)),
  ...only({ kinds: ["Component", "Resiliency", "Subscription", "HTTPEndpoint"] }, set("scopes")),
  ...only({ kinds: ["Configuration"] }, [
    ...keyed("policies", ["namespace", "appId", "trustDomain"], ["appId"]),
    ...keyed("operations", NAME),
    ...keyed("allowed denied", ["name", "version", "protocol"], NAME),
    ...keyed("scopes", ["storeName"]),
    ...keyed("features", NAME),
    ...set("httpVerb allowedSecrets deniedSecrets"),
  ]),
  ...only({ kinds: ["KafkaUser"] }, set("acls operations")),
  ...only({ kinds: ["Kafka"] }, [...keyed("listeners", NAME), ...set("superUsers networkPolicyPeers")]),
  ...only({ kinds: ["KafkaNodePool", "Kafka"], under: "storage" }, keyed("volumes", ["id"])),
  ...only({ kinds: ["KafkaNodePool"] }, set("roles")),
  ...only({ kinds: ["ScaledObject"] }, keyed("triggers", NAME, ["type"])),
  ...only({ kinds: ["HorizontalPodAutoscaler"] }, set("metrics")),
  // The first rule that fits wins where two are equally exact.
  ...only({ kinds: ["HTTPRoute", "GRPCRoute"] }, [
    ...inOrder("rules filters", NAME),
    ...set("matches"),
    ...keyed("backendRefs", ["kind", "namespace", "name", "port"], ["name", "port"], NAME),
  ]),
  ...only({ kinds: ["HTTPRoute", "GRPCRoute", "Gateway"] }, [
    ...keyed("parentRefs", ["namespace", "name", "sectionName"], ["name", "sectionName"], ["name"]),
    ...set("hostnames"),
    ...keyed("listeners", NAME),
  ]),
  ...only({ kinds: ["ReferenceGrant"] }, set("from to")),
  ...only({ kinds: ["Ingress"] }, [
    ...keyed("rules", ["host"]),
    ...keyed("paths", ["path", "pathType"], ["path"]),
    ...set("hosts"),
    ...keyed("tls", ["secretName"]),
  ]),
  // A group's rules are evaluated one after the other.
  ...only({ kinds: ["PrometheusRule"] }, [...keyed("groups", NAME), ...inOrder("rules", ["alert"], ["record"])]),
  ...only(
    { kinds: ["ServiceMonitor", "PodMonitor"] },
    keyed("endpoints podMetricsEndpoints", ["port", "path"], ["portNumber", "path"], ["port"]),
  ),
  ...only({ kinds: ["ExternalSecret"] }, [...keyed("data", ["secretKey"]), ...inOrder("dataFrom")]),
  ...only({ kinds: ["Certificate"] }, set("dnsNames usages")),
  ...only({ kinds: ["CustomResourceDefinition"] }, [
    ...keyed("versions", NAME),
    ...set("shortNames categories required enum"),
  ]),
  ...only({ kinds: ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"] }, [
    ...keyed("webhooks", NAME),
    ...set("rules operations apiGroups apiVersions resources admissionReviewVersions"),
  ]),
  ...only({ kinds: ["AppProject"] }, [
    ...set("sourceRepos sourceNamespaces policies groups"),
    ...keyed("destinations", ["server", "namespace"], ["name", "namespace"], ["namespace"]),
    ...keyed(
      "clusterResourceWhitelist clusterResourceBlacklist namespaceResourceWhitelist namespaceResourceBlacklist",
      ["group", "kind"],
    ),
    ...keyed("roles", NAME),
  ]),
  ...only({ kinds: ["Application", "ApplicationSet"] }, [
    ...set("syncOptions jsonPointers jqPathExpressions managedFieldsManagers"),
    ...keyed(
      "ignoreDifferences",
      ["group", "kind", "name", "namespace"],
      ["group", "kind", "namespace"],
      ["group", "kind"],
      ["kind"],
    ),
    ...inOrder("parameters", NAME),
    ...inOrder("sources", ["ref"], ["chart"], ["path"], ["repoURL"]),
    ...inOrder("valueFiles"),
  ]),
  ...only({ kinds: ["Service"] }, keyed("ports", NAME, ["port", "protocol"], ["port"])),
  ...only({ kinds: ["EndpointSlice", "Endpoints"] }, keyed("ports", NAME)),
  ...only({ kinds: ["StatefulSet"] }, keyed("volumeClaimTemplates", ["metadata"])),
  ...only({ kinds: ["ConfigMap", "Secret"] }, []),

  // Pods, wherever their template stands. Containers start in order; a variable may use only those before it.
  ...inOrder("containers initContainers ephemeralContainers env", NAME),
  ...inOrder("envFrom command args"),
  ...keyed("volumes imagePullSecrets", NAME),
  ...keyed("volumeMounts", ["mountPath", "subPath"], ["mountPath"]),
  ...keyed("volumeDevices", ["devicePath"]),
  ...only({ under: "containers" }, keyed("ports", ["containerPort", "protocol"], ["containerPort"])),
  ...only({ under: "initContainers" }, keyed("ports", ["containerPort", "protocol"], ["containerPort"])),
  ...only({ under: "projected" }, set("sources")),
  ...keyed("items", ["key"], ["path"]),
  ...only({ under: "capabilities" }, set("add drop")),
  ...keyed("topologySpreadConstraints", ["topologyKey", "whenUnsatisfiable"]),
  ...keyed("matchExpressions matchFields", ["key", "operator"]),
  ...only({ under: "matchExpressions" }, set("values")),
  ...keyed("hostAliases", ["ip"]),
  ...keyed("sysctls", NAME),
  ...set("tolerations accessModes finalizers loadBalancerSourceRanges externalIPs supplementalGroups"),
  ...set("requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution"),
];

const byField = new Map<string, Entry[]>();
for (const entry of table) byField.set(entry.field, [...(byField.get(entry.field) ?? []), entry]);

const unknown: ListKind = { keys: [NAME], ordered: true };

/** @param fields names of the fields down to the list, without items, e.g. `["spec", "template", "spec", "containers"]` */
export function listKindOf(kind: string, fields: readonly string[]): ListKind {
  // What looks like a list of containers in a chart's values is the chart's own affair.
  if (fields.includes("valuesObject")) return unknown;
  const entries = byField.get(fields.at(-1) ?? "");
  const found = entries?.find(
    ({ kinds, under }) =>
      (kinds === undefined || kinds.includes(kind)) && (under === undefined || fields[fields.length - 2] === under),
  );
  return found ?? unknown;
}
