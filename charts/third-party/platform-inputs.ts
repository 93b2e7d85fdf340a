/** An environment as the values of third-party charts see it. */
import { poolPlacement } from "#constructs/labels";
import { workloadIdentity } from "#constructs/workload-identity";
import { type Environment, isSingleNode } from "#model/environment";
import { kafkaBootstrap, saslMechanism } from "#model/kafka-connection";
import { blockStorageClass, kafkaCluster, kafkaUsers, namespaces, platformPriority, secretNames } from "#model/names";
import type { DnsZone, KafkaAccess, PlatformInputs } from "./inputs.ts";

/** Name of the ServiceAccount, and on GKE of the identity, that writes DNS records. */
const DNS_ACCOUNT = "external-dns";

/** `null` where nobody manages a zone for the environment, or where how to sign in to it is not declared. */
export function dnsZoneOf(environment: Environment): DnsZone | null {
  const { provider } = environment;
  switch (provider.kind) {
    case "kind":
      return null;
    case "aks":
      return provider.dns
        ? { kind: "azure", clientId: provider.clientId, tenantId: provider.tenantId, ...provider.dns }
        : null;
    case "gke": {
      const { serviceAccountAnnotations } = workloadIdentity(environment, DNS_ACCOUNT);
      const serviceAccount = serviceAccountAnnotations["iam.gke.io/gcp-service-account"] ?? DNS_ACCOUNT;
      return { kind: "google", project: provider.projectId, serviceAccount };
    }
    case "oke":
      return { kind: "oci", region: provider.region, compartment: provider.compartmentId };
    case "doks":
      return { kind: "digitalocean", tokenSecret: { name: DNS_ACCOUNT, key: "token" } };
    default:
      return provider satisfies never;
  }
}

function kafkaAccessOf(environment: Environment): KafkaAccess {
  const bootstrap = kafkaBootstrap(environment);
  const mechanism = saslMechanism(environment);
  if (mechanism === null) {
    return {
      kind: "mtls",
      bootstrap,
      // Strimzi makes it in the namespace where kafka-ui runs: nothing has to be copied.
      userSecret: kafkaUsers.kafkaUi,
      caSecret: `${kafkaCluster}-cluster-ca-cert`,
    };
  }
  return {
    kind: "sasl",
    bootstrap,
    mechanism: mechanism === "PLAINTEXT" ? "PLAIN" : "SCRAM-SHA-256",
    jaasSecret: { name: secretNames.kafka(kafkaUsers.kafkaUi), key: "jaas" },
  };
}

export function platformInputs(environment: Environment): PlatformInputs {
  const small = isSingleNode(environment);
  const { nodeSelector, tolerations } = poolPlacement(environment, "system");
  const dns = dnsZoneOf(environment);
  return {
    name: environment.name,
    provider: environment.provider.kind,
    highAvailability: !small,
    size: small ? "small" : "standard",
    domain: environment.domain,
    dnsSource: environment.gateway.kind === "ingress" ? "ingress" : "gateway-httproute",
    namespaces: {
      apps: namespaces.apps,
      infra: namespaces.infra,
      monitoring: namespaces.monitoring,
      hostAgents: namespaces.falco,
    },
    storageClass: blockStorageClass,
    priorityClass: platformPriority,
    ...(nodeSelector && tolerations ? { placement: { nodeSelector, tolerations } } : {}),
    ...(dns ? { dns } : {}),
    kafka: kafkaAccessOf(environment),
    // Sidecars keep their share already: sampling again would keep a share of a share.
    traces: { store: { kind: "memory" }, samplingPercentage: 100 },
  };
}
