/** What about the third-party charts could not be confirmed. */

export interface Unknown {
  /** A chart's name, or a wider subject. */
  readonly subject: string;
  readonly what: string;
  readonly why: string;
}

const older = (subject: string, version: string): Unknown => ({
  subject,
  what: `its values were seen at ${version}, not at the pinned version`,
  why: "the stored copies of the repository do not hold the pinned tag",
});

const untold = (subject: string): Unknown => ({
  subject,
  what: "its values were seen at a version that the file does not tell",
  why: "the stored copy carries a commit and no tag",
});

const charts: readonly Unknown[] = [
  older("dapr", "a development state at 1.18 or later"),
  older("strimzi-kafka-operator", "a development state between 1.0 and 1.1"),
  older("cert-manager", "a development state after v1.20.0"),
  older("external-secrets", "2.0.0"),
  older("keda", "2.16.0"),
  older("kube-prometheus-stack", "87.11.0"),
  older("loki", "17.1.1, with the notes on upgrading to 18"),
  older("jaeger", "a version of the 4.x line"),
  older("opentelemetry-collector", "a version before 0.170.0"),
  older("falco", "8.0.0"),
  older("argo-cd", "a version of the 8.x line"),
  older("cloudnative-pg", "a version before 0.29.0"),
  older("external-dns", "1.18.0"),
  older("tigera-operator", "v3.30.3"),
  untold("prometheus-operator-crds"),
  untold("alloy"),
  untold("metrics-server"),
  untold("kafka-ui"),
  untold("valkey"),
];

const subjects: readonly Unknown[] = [
  {
    subject: "image apicurio/apicurio-registry:3.1.4",
    what: "its digest, and the memory and CPU that it needs",
    why: "the tag was seen on its registry; no engine was at hand that runs images",
  },
  {
    subject: "requests and limits marked `choice` in workload-table.ts",
    what: "whether they are enough",
    why: "the charts set none and give no example, and there was no cluster to measure on",
  },
  {
    subject: "pods that operators make",
    what: "requests of calico-node, calico-typha, calico-kube-controllers and the Envoy proxies",
    why: "they do not come from a chart's values; the EnvoyProxy and Installation resources set them",
  },
  {
    subject: "Calico on OKE",
    what: "whether it enforces policies beside OKE's own network plugin with these values",
    why: "Oracle documents the manifest, not this chart, and there was no cluster to try it on",
  },
  {
    subject: "Argo CD v3.6.1 in the pinned chart",
    what: "whether the chart's arguments fit the image, whose tag is set here",
    why: "the chart was not installed",
  },
  {
    subject: "Falco's rules",
    what: "which rules run",
    why: "the chart installs them from a reference that moves (falco-rules:5) when a pod starts",
  },
  {
    subject: "Valkey's metrics exporter",
    what: "whether it signs in over TLS with the access list of valkey.ts",
    why: "the chart writes its arguments, and there was no cluster to try it on",
  },
  {
    subject: "Jaeger's and the collector's configuration",
    what: "that the pinned images accept every setting",
    why: "the images were not run; the settings come from the projects' documentation",
  },
  {
    subject: "kafka_server_brokertopicmetrics_* metrics",
    what: "their exact names",
    why: "a pattern of Strimzi's JMX exporter rules makes them; no list has them",
  },
  {
    subject: "redis_* metrics of Valkey",
    what: "their labels beyond service and instance",
    why: "the names are in the chart's example alerts; the exporter's source was not read",
  },
];

export const unknown: readonly Unknown[] = [...charts, ...subjects];
