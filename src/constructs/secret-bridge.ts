/** The Secrets that a service's pods, sidecars and migrations read, copied to where they read them. */
import type { Construct } from "constructs";
import { usesKafka } from "#model/acls";
import { DATABASE_CA_KEY, databaseAddresses, databaseUrl } from "#model/database-connection";
import { type Environment, stateStoreOf } from "#model/environment";
import { hasPrivateKafkaCa, kafkaAuthentication } from "#model/kafka-connection";
import {
  kafkaCluster,
  namespaces,
  platformSecrets,
  postgresCluster,
  schemaName,
  secretNames,
  stateStoreRole,
} from "#model/names";
import { daprReadsVault } from "#model/secret-catalogue";
import type { AnyService } from "#model/service";
import { usesPostgres, usesState } from "#model/system";
import { waves } from "#model/waves";
import type { RenderContext } from "./application-chart.ts";
import {
  addExternalSecret,
  addOptionalSecret,
  type ExternalSecretProps,
  fromOperators,
  fromSource,
  type SecretRef,
} from "./external-secret.ts";

/** Certificates of the authority that signed the brokers' own; Strimzi keeps them apart from its key. */
export const KAFKA_CLUSTER_CA = `${kafkaCluster}-cluster-ca-cert`;

/** CloudNativePG's authority for the servers' certificates. */
export const POSTGRES_CA = `${postgresCluster}-ca`;

const inApps = (name: string): Pick<ExternalSecretProps, "name" | "namespace" | "wave"> => ({
  name,
  namespace: namespaces.apps,
  // Before the migration Job, which mounts its database's.
  wave: waves.policies,
});

/** A template's value as a part of a URL. */
const encoded = (value: string): string => `{{ .${value} | urlquery }}`;
const plain = (value: string): string => `{{ .${value} }}`;

/** Everything that has to exist before a service's pods start, and nothing of any other service. */
export function addServiceSecrets(scope: Construct, context: RenderContext, name: string, service: AnyService): void {
  const { model, environment } = context;
  for (const secret of [secretNames.daprApiToken(name), secretNames.appApiToken(name)]) {
    addExternalSecret(scope, `secret-${secret}`, { ...inApps(secret), values: { token: fromSource(secret, "token") } });
  }
  if (usesPostgres(model, service)) addDatabaseSecret(scope, context, name);
  if (usesKafka(service)) addKafkaSecret(scope, environment, name);
  if (!daprReadsVault(environment)) addDeclaredSecrets(scope, context, name, service);
}

/** The server's CA, wherever the server is. */
export const databaseCa = ({ postgres }: Environment): SecretRef =>
  postgres.kind === "cloudnative-pg"
    ? fromOperators(POSTGRES_CA, "ca.crt")
    : fromSource(platformSecrets.databaseCa, "ca");

function addDatabaseSecret(scope: Construct, { model, environment }: RenderContext, service: string): void {
  const name = secretNames.database(service);
  const ca = databaseCa(environment);
  if (daprReadsVault(environment)) {
    // The sidecar reads the URLs from the vault, where they stand whole; the migration mounts the same.
    addExternalSecret(scope, "secret-database", {
      ...inApps(name),
      values: {
        url: fromSource(name, "url"),
        "direct-url": fromSource(name, "direct-url"),
        [DATABASE_CA_KEY]: ca,
      },
    });
    return;
  }
  const { pooled, direct } = databaseAddresses(environment);
  const role = schemaName(service);
  addExternalSecret(scope, "secret-database", {
    ...inApps(name),
    values: { password: fromSource(name, "password"), ca },
    template: {
      url: databaseUrl(model, pooled, role, encoded("password")),
      "direct-url": databaseUrl(model, direct, role, encoded("password")),
      [DATABASE_CA_KEY]: plain("ca"),
    },
  });
}

/**
 * How a user of Kafka signs in, in `todo-apps`. A KafkaUser's own `ca.crt` is the clients' authority: the brokers' comes from
 * the cluster.
 */
export function addKafkaSecret(scope: Construct, environment: Environment, user: string): void {
  const name = secretNames.kafka(user);
  addExternalSecret(scope, "secret-kafka", { ...inApps(name), values: kafkaValues(environment, user) });
}

function kafkaValues(environment: Environment, user: string): Record<string, SecretRef> {
  if (kafkaAuthentication(environment) === "certificate") {
    return {
      "user.crt": fromOperators(user, "user.crt"),
      "user.key": fromOperators(user, "user.key"),
      "ca.crt": fromOperators(KAFKA_CLUSTER_CA, "ca.crt"),
    };
  }
  const name = secretNames.kafka(user);
  return {
    username: fromSource(name, "username"),
    password: fromSource(name, "password"),
    ...(hasPrivateKafkaCa(environment) ? { "ca.crt": fromSource(platformSecrets.kafkaCa, "ca") } : {}),
  };
}

/** What the service declares, for sidecars that read Kubernetes' Secrets; what several declare comes with the first. */
function addDeclaredSecrets(scope: Construct, { model }: RenderContext, name: string, service: AnyService): void {
  for (const secret of service.secrets) {
    const [first] = Object.entries(model.services).find(([, { secrets }]) => secrets.includes(secret)) ?? [];
    if (first !== name) continue;
    const id = `secret-${secret}`;
    if (model.secrets[secret]?.optional) addOptionalSecret(scope, id, inApps(secret));
    else addExternalSecret(scope, id, { ...inApps(secret), values: { value: fromSource(secret, "value") } });
  }
}

/** How sidecars open the state store; its component is scoped to the services that use it. */
export function addStateStoreSecret(scope: Construct, { model, environment }: RenderContext): void {
  if (!Object.values(model.services).some((service) => usesState(model, service))) return;
  const name = secretNames.stateStore;
  const password = fromSource(name, "password");
  if (stateStoreOf(environment) === "redis") {
    const ca = fromOperators(platformSecrets.valkeyTls, "ca.crt");
    addExternalSecret(scope, "secret-statestore", { ...inApps(name), values: { password, [DATABASE_CA_KEY]: ca } });
    return;
  }
  const { pooled } = databaseAddresses(environment);
  addExternalSecret(scope, "secret-statestore", {
    ...inApps(name),
    values: { password, ca: databaseCa(environment) },
    template: {
      connection: databaseUrl(model, pooled, stateStoreRole, encoded("password")),
      [DATABASE_CA_KEY]: plain("ca"),
    },
  });
}
