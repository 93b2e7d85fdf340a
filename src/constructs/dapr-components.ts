/** The Dapr components of an environment as plain data, each with the services that may load it. */
import type { ComponentSpecMetadata } from "#imports/dapr.io";
import { STATE_STORE_CONNECTIONS } from "#model/connections";
import { type Environment, stateStoreOf } from "#model/environment";
import { hasPrivateKafkaCa, kafkaAuthentication, kafkaBootstrap, saslMechanism } from "#model/kafka-connection";
import { components, namespaces, secretNames, valkey } from "#model/names";
import { paths } from "#model/paths";
import type { AnyService } from "#model/service";
import { deadLetterTopicOf, eventTopics, readableSecrets, type System, usesState } from "#model/system";
import type { RenderContext } from "./application-chart.ts";

export interface DaprComponent {
  readonly name: string;
  /** Model entry it comes from. */
  readonly origin: string;
  readonly type: string;
  readonly version: string;
  readonly metadata: readonly ComponentSpecMetadata[];
  /** Services that load it: nobody else's sidecar sees it. */
  readonly scopes: readonly string[];
}

export const daprComponentsOf = ({ model, environment }: RenderContext): DaprComponent[] =>
  [
    pubsub(model, environment),
    stateStore(model, environment),
    secretStore(model, environment),
    ...cronBindings(model),
  ].filter(({ scopes }) => scopes.length > 0);

const namesWhere = (model: System, uses: (service: AnyService, name: string) => boolean): string[] =>
  Object.entries(model.services)
    .filter(([name, service]) => uses(service, name))
    .map(([name]) => name);

const value = (name: string, text: string): ComponentSpecMetadata => ({ name, value: text });
const fromEnvironment = (name: string, variable: string): ComponentSpecMetadata => ({ name, envRef: variable });

/** Variables of the sidecar: names must not begin with `DAPR_`, which daprd keeps to itself. */
const variables = {
  kafkaCa: "KAFKA_CA_CERT",
  kafkaCert: "KAFKA_CLIENT_CERT",
  kafkaKey: "KAFKA_CLIENT_KEY",
  kafkaUser: "KAFKA_USERNAME",
  kafkaPassword: "KAFKA_PASSWORD",
  stateStorePassword: "STATESTORE_PASSWORD",
  stateStoreConnection: "STATESTORE_CONNECTION",
} as const;

function pubsub(model: System, environment: Environment): DaprComponent {
  const scopes = namesWhere(model, (s) => s.publishes.length + s.subscribes.length > 0);
  const [deadLetters] = deadLetterTopicOf(model);
  const topics = [...eventTopics(model).map(([topic]) => topic), deadLetters];
  const perService = (topicsOf: (service: AnyService) => readonly string[]): string =>
    scopes.map((name) => `${name}=${topicsOf(model.services[name] as AnyService).join(",")}`).join(";");
  return {
    name: components.pubsub,
    origin: `environments.${environment.name}`,
    type: "pubsub.kafka",
    version: "v1",
    scopes,
    metadata: [
      value("brokers", kafkaBootstrap(environment)),
      ...authentication(environment),
      // The default, 2.0.0, is below what Kafka 4 accepts; Event Hubs speaks no newer protocol than 1.0.
      value("version", environment.kafka.kind === "event-hubs" ? "1.0.0" : "4.2.0"),
      // By default a new consumer group starts with what comes next, and misses what came before it.
      value("initialOffset", "oldest"),
      value("consumeRetryInterval", "500ms"),
      value("allowedTopics", topics.join(",")),
      value("protectedTopics", topics.join(",")),
      // A subscriber's sidecar publishes dead letters under the subscriber's own name.
      value(
        "publishingScopes",
        perService((s) => (s.subscribes.length > 0 ? [...s.publishes, deadLetters] : s.publishes)),
      ),
      value(
        "subscriptionScopes",
        perService((s) => s.subscribes),
      ),
    ],
  };
}

function authentication(environment: Environment): ComponentSpecMetadata[] {
  const ca = hasPrivateKafkaCa(environment) ? [fromEnvironment("caCert", variables.kafkaCa)] : [];
  if (kafkaAuthentication(environment) === "certificate") {
    return [
      value("authType", "mtls"),
      ...ca,
      fromEnvironment("clientCert", variables.kafkaCert),
      fromEnvironment("clientKey", variables.kafkaKey),
    ];
  }
  return [
    value("authType", "password"),
    value("saslMechanism", saslMechanism(environment) ?? "PLAINTEXT"),
    ...ca,
    fromEnvironment("saslUsername", variables.kafkaUser),
    fromEnvironment("saslPassword", variables.kafkaPassword),
  ];
}

function stateStore(model: System, environment: Environment): DaprComponent {
  const common = {
    name: components.statestore,
    origin: `environments.${environment.name}`,
    scopes: namesWhere(model, (s) => usesState(model, s)),
  };
  if (stateStoreOf(environment) === "redis") {
    return {
      ...common,
      type: "state.redis",
      version: "v1",
      metadata: [
        value("redisHost", `${valkey}.${namespaces.infra}.svc.cluster.local:6379`),
        value("enableTLS", "true"),
        fromEnvironment("redisPassword", variables.stateStorePassword),
        value("keyPrefix", "appid"),
      ],
    };
  }
  return {
    ...common,
    type: "state.postgresql",
    version: "v2",
    metadata: [
      fromEnvironment("connectionString", variables.stateStoreConnection),
      value("tablePrefix", "dapr_"),
      value("cleanupInterval", "5m"),
      value("maxConns", String(STATE_STORE_CONNECTIONS)),
      // Through a pooler that shares sessions, prepared statements would not be found again.
      value("queryExecMode", "exec"),
      value("keyPrefix", "appid"),
    ],
  };
}

function secretStore(model: System, environment: Environment): DaprComponent {
  return {
    name: components.secretstore,
    origin: `environments.${environment.name}`,
    scopes: namesWhere(model, (service, name) => readableSecrets(model, name, service).length > 0),
    version: "v1",
    ...secretStoreType(environment),
  };
}

function secretStoreType({ secrets, provider }: Environment): Pick<DaprComponent, "type" | "metadata"> {
  if (secrets.kind === "key-vault" && provider.kind === "aks") {
    const [, vaultName = ""] = /^https:\/\/([^.]+)\./.exec(secrets.vaultUrl) ?? [];
    return {
      type: "secretstores.azure.keyvault",
      metadata: [
        value("vaultName", vaultName),
        value("azureClientId", provider.clientId),
        value("azureTenantId", provider.tenantId),
      ],
    };
  }
  if (secrets.kind === "secret-manager" && provider.kind === "gke") {
    return { type: "secretstores.gcp.secretmanager", metadata: [value("project_id", provider.projectId)] };
  }
  // Dapr knows no OCI Vault: External Secrets copies from there into Kubernetes, as from `infra-secrets`.
  return { type: "secretstores.kubernetes", metadata: [value("defaultNamespace", namespaces.apps)] };
}

const cronBindings = (model: System): DaprComponent[] =>
  Object.entries(model.services).flatMap(([service, { cron }]) =>
    Object.entries(cron).map(([name, schedule]) => ({
      name,
      origin: `services.${service}`,
      type: "bindings.cron",
      version: "v1",
      metadata: [value("schedule", schedule), value("direction", "input"), value("route", paths.cron(name))],
      scopes: [service],
    })),
  );

/** What the sidecar of a service reads from Secrets, in the notation of `dapr.io/env-from-secret`; empty: nothing. */
export function sidecarSecrets({ model, environment }: RenderContext, name: string, service: AnyService): string {
  const entries: [variable: string, secret: string, key: string][] = [];
  if (service.publishes.length + service.subscribes.length > 0) {
    const secret = secretNames.kafka(name);
    if (hasPrivateKafkaCa(environment)) entries.push([variables.kafkaCa, secret, "ca.crt"]);
    if (kafkaAuthentication(environment) === "certificate") {
      entries.push([variables.kafkaCert, secret, "user.crt"], [variables.kafkaKey, secret, "user.key"]);
    } else {
      entries.push([variables.kafkaUser, secret, "username"], [variables.kafkaPassword, secret, "password"]);
    }
  }
  if (usesState(model, service)) {
    entries.push(
      stateStoreOf(environment) === "redis"
        ? [variables.stateStorePassword, secretNames.stateStore, "password"]
        : [variables.stateStoreConnection, secretNames.stateStore, "connection"],
    );
  }
  return entries.map(([variable, secret, key]) => `${variable}=${secret}:${key}`).join(",");
}
