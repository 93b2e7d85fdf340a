import type { Environment } from "./environment.ts";
import { kafkaCluster, namespaces } from "./names.ts";

/** TLS listener of the brokers that Strimzi runs. */
export const STRIMZI_TLS_PORT = 9093;

/** How clients prove who they are: a certificate per service, or user name and password over TLS. */
export const kafkaAuthentication = ({ kafka }: Environment): "certificate" | "password" =>
  kafka.kind === "strimzi" ? "certificate" : "password";

/** SASL mechanism of password authentication, as Dapr spells it; empty: PLAIN. */
export const saslMechanism = ({ kafka }: Environment): "PLAINTEXT" | "SHA-256" | null => {
  switch (kafka.kind) {
    case "strimzi":
      return null;
    case "event-hubs":
    case "confluent":
      return "PLAINTEXT";
    case "aiven":
    case "redpanda":
      return "SHA-256";
  }
};

/** Brokers present certificates of an authority of their own, which clients have to be given. */
export const hasPrivateKafkaCa = ({ kafka }: Environment): boolean =>
  kafka.kind === "strimzi" || kafka.kind === "aiven";

/** `host:port` that clients start from. */
export function kafkaBootstrap({ kafka }: Environment): string {
  switch (kafka.kind) {
    case "strimzi":
      return `${kafkaCluster}-kafka-bootstrap.${namespaces.infra}.svc.cluster.local:${STRIMZI_TLS_PORT}`;
    case "event-hubs":
      return `${kafka.namespace}.servicebus.windows.net:9093`;
    default:
      return kafka.bootstrap;
  }
}
