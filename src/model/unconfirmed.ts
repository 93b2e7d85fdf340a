/** Facts that the model states without a confirmed source: read them before you rely on them. */
import type { Environment } from "./environment.ts";
import type { ProviderKind } from "./provider.ts";
import type { Kafka } from "./provider-services.ts";

export interface UnconfirmedFact {
  readonly area: "placeholders" | "images" | "providers" | "Kafka" | "sizes" | "third-party charts" | "workflows";
  readonly subject: string;
  readonly what: string;
  /** Why it could not be confirmed. */
  readonly why?: string;
}

const notDocumented = "no document of the provider at hand says it";

const noSnapshotClass = {
  what: "that the cluster brings no VolumeSnapshotClass, so that PostgreSQL in the cluster has no backup",
  why: notDocumented,
};

const scriptOf = (what: string): { readonly what: string; readonly why: string } => ({
  what,
  why: "the cloud's command line was not at hand to try it",
});

const ofProviders: Readonly<Partial<Record<ProviderKind, readonly Omit<UnconfirmedFact, "area">[]>>> = {
  aks: [
    { subject: "aks", ...noSnapshotClass },
    { subject: "npm run secrets", ...scriptOf("az keyvault secret set --file /dev/stdin") },
  ],
  oke: [
    { subject: "oke", ...noSnapshotClass },
    { subject: "npm run secrets", ...scriptOf("oci vault secret create-base64 --from-json file:///dev/stdin") },
  ],
  gke: [
    { subject: "gke", ...noSnapshotClass },
    { subject: "npm run secrets", ...scriptOf("gcloud secrets create --data-file -") },
    { subject: "gke", what: "pd-ssd of pd.csi.storage.gke.io as the class for stores", why: notDocumented },
    { subject: "gke", what: "annotation iam.gke.io/gcp-service-account on service accounts", why: notDocumented },
    { subject: "gke", what: "annotation networking.gke.io/load-balancer-type: Internal", why: notDocumented },
    { subject: "gke", what: "address and ports of the metadata server that policies leave open", why: notDocumented },
  ],
};

const saslWhy = "no account of the provider was at hand to try it";

const ofKafka: Readonly<Partial<Record<Kafka["kind"], readonly Omit<UnconfirmedFact, "area">[]>>> = {
  confluent: [
    { subject: "confluent", what: "port 9092 with an API key and secret, SASL PLAIN over TLS", why: saslWhy },
  ],
  aiven: [{ subject: "aiven", what: "SCRAM-SHA-256 as the mechanism of password users", why: saslWhy }],
  redpanda: [{ subject: "redpanda", what: "SCRAM-SHA-256 as the mechanism of password users", why: saslWhy }],
};

const sizes = ({ provider, size, postgres, name }: Environment): UnconfirmedFact[] => [
  {
    area: "sizes",
    subject: `environments.${name}`,
    what:
      provider.kind === "kind"
        ? "requests of kind's network agent, counted as 100m CPU and 50 MiB"
        : "requests of the provider's own agents on each node, which the capacity check does not count",
    why: "they come with the node's image and were not seen in a source",
  },
  {
    area: "sizes",
    subject: `environments.${name}`,
    what:
      size.kind === "pools"
        ? `what nodes leave for pods in the pools ${Object.keys(size.pools).join(", ")}`
        : "what the node leaves for pods",
    why: "it depends on the machine type and the provider's reservations; compare with kubectl describe node",
  },
  ...(postgres.kind === "managed"
    ? [
        {
          area: "sizes",
          subject: `environments.${name}`,
          what: `max_connections of ${postgres.maxConnections}`,
          why: "it depends on the plan that is bought",
        } as const,
      ]
    : []),
];

/** What is stated of an environment's provider, Kafka and sizes and was not confirmed. */
export const unconfirmedOf = (environment: Environment): UnconfirmedFact[] => [
  ...(ofProviders[environment.provider.kind] ?? []).map((fact) => ({ area: "providers" as const, ...fact })),
  ...(ofKafka[environment.kafka.kind] ?? []).map((fact) => ({ area: "Kafka" as const, ...fact })),
  ...sizes(environment),
];

const PLACEHOLDER = /(^|[/.@-])example([/.@-]|$)|00000000-0000|pkc-00000|(^|\/)todo-prod\b/;

/** Addresses and ids that whoever runs the product has to replace: what names `example`, is all zeros or `todo-prod`. */
export function placeholdersOf(environment: Environment): UnconfirmedFact[] {
  const found: UnconfirmedFact[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value === "string" && PLACEHOLDER.test(value)) {
      found.push({ area: "placeholders", subject: path, what: value });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    }
  };
  visit(environment, `environments.${environment.name}`);
  return found;
}
