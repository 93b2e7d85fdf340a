/**
 * What has to exist in an environment's source of secrets. A secret there is a set of keys: in the namespace `infra-secrets` a
 * Secret, in a cloud's vault a secret whose text is a JSON object. Dapr answers the vault's text under the secret's own name,
 * and the kit reads such an object as if its keys had been answered: services see the same fields everywhere.
 */
import { usesKafka } from "./acls.ts";
import { databaseAddresses, databaseUrl } from "./database-connection.ts";
import { type Environment, isSingleNode, stateStoreOf } from "./environment.ts";
import { hasPrivateKafkaCa, kafkaAuthentication } from "./kafka-connection.ts";
import { kafkaUsers, platformSecrets, schemaName, schemaRegistryRole, secretNames, stateStoreRole } from "./names.ts";
import { type System, usesPostgres, usesState } from "./system.ts";

export interface CatalogueEntry {
  readonly name: string;
  readonly keys: readonly string[];
  /** `random`: the seeding command makes it. `given`: a person has it. `derived`: whatever made the resource tells it. */
  readonly source: "random" | "given" | "derived";
  /** What needs it works without it, with less. */
  readonly optional: boolean;
  readonly purpose: string;
  /** Only for `random`: every key's value, from fresh random text that needs no encoding in a URL. */
  readonly generate?: (random: () => string) => Readonly<Record<string, string>>;
}

/** Vaults that Dapr opens by itself; from elsewhere External Secrets copies into Kubernetes, where Dapr reads. */
export const daprReadsVault = ({ secrets }: Environment): boolean =>
  secrets.kind === "key-vault" || secrets.kind === "secret-manager";

const random = (name: string, key: string, purpose: string): CatalogueEntry => ({
  name,
  keys: [key],
  source: "random",
  optional: false,
  purpose,
  generate: (text) => ({ [key]: text() }),
});

const handed = (
  source: "given" | "derived",
  name: string,
  keys: readonly string[],
  purpose: string,
  optional = false,
): CatalogueEntry => ({ name, keys, source, optional, purpose });

/** Password of the service's role. A service that reads its URL from the vault finds it there, written with the password. */
function databaseEntry(model: System, environment: Environment, service: string): CatalogueEntry {
  const name = secretNames.database(service);
  const purpose = `role ${schemaName(service)} of PostgreSQL`;
  if (!daprReadsVault(environment)) return random(name, "password", purpose);
  const { pooled, direct } = databaseAddresses(environment);
  return {
    name,
    keys: ["password", "url", "direct-url"],
    source: "random",
    optional: false,
    purpose: `${purpose}, and the URLs that ${service} reads`,
    generate: (text) => {
      const password = text();
      const url = (address: typeof pooled): string => databaseUrl(model, address, schemaName(service), password);
      return { password, url: url(pooled), "direct-url": url(direct) };
    },
  };
}

const kafkaEntry = (user: string): CatalogueEntry =>
  handed("derived", secretNames.kafka(user), ["username", "password"], `${user} at the managed Kafka`);

function serviceEntries(model: System, environment: Environment): CatalogueEntry[] {
  return Object.entries(model.services).flatMap(([name, service]) => [
    random(secretNames.daprApiToken(name), "token", `${name} presents it to its sidecar`),
    random(secretNames.appApiToken(name), "token", `the sidecar of ${name} presents it to the service`),
    ...(usesPostgres(model, service) ? [databaseEntry(model, environment, name)] : []),
    ...(usesKafka(service) && kafkaAuthentication(environment) === "password" ? [kafkaEntry(name)] : []),
  ]);
}

/** What services declare in the model. */
const declaredEntries = (model: System): CatalogueEntry[] =>
  Object.entries(model.secrets).map(([name, { source, optional, purpose }]) =>
    source === "random" ? random(name, "value", purpose) : handed("given", name, ["value"], purpose, optional),
  );

function storeEntries(model: System, environment: Environment): CatalogueEntry[] {
  const keepsState = Object.values(model.services).some((service) => usesState(model, service));
  const store =
    stateStoreOf(environment) === "redis" ? "user default of Valkey" : `role ${stateStoreRole} of PostgreSQL`;
  return [
    ...(keepsState ? [random(secretNames.stateStore, "password", store)] : []),
    random(platformSecrets.schemaRegistryDatabase, "password", `role ${schemaRegistryRole} of PostgreSQL`),
    ...(environment.postgres.kind === "cloudnative-pg"
      ? []
      : [handed("derived", platformSecrets.databaseCa, ["ca"], "PEM of who signed PostgreSQL's certificate")]),
    ...(hasPrivateKafkaCa(environment) && kafkaAuthentication(environment) === "password"
      ? [handed("derived", platformSecrets.kafkaCa, ["ca"], "PEM of who signed the brokers' certificates")]
      : []),
  ];
}

function platformEntries(environment: Environment): CatalogueEntry[] {
  const { grafanaAdmin, alertmanagerReceivers, argocdNotifications, externalDns } = platformSecrets;
  const single = isSingleNode(environment);
  const managedKafka = kafkaAuthentication(environment) === "password";
  return [
    {
      name: grafanaAdmin,
      keys: ["admin-user", "admin-password"],
      source: "random",
      optional: false,
      purpose: "first sign-in to Grafana",
      generate: (text) => ({ "admin-user": "admin", "admin-password": text() }),
    },
    handed(
      "given",
      argocdNotifications,
      ["github-token"],
      "token with contents: write, by which Argo CD starts the workflows verify and rollback",
      true,
    ),
    ...(single
      ? []
      : [handed("given", alertmanagerReceivers, ["pagerduty-routing-key", "slack-webhook-url"], "whom alerts reach")]),
    ...(managedKafka && !single ? [kafkaEntry(kafkaUsers.keda), kafkaEntry(kafkaUsers.kafkaUi)] : []),
    ...(environment.provider.externalDns === "digitalocean"
      ? [handed("given", externalDns, ["token"], "API token of DigitalOcean that may write the DNS zone")]
      : []),
    ...(environment.pullSecret === null
      ? []
      : [
          handed(
            "given",
            environment.pullSecret,
            ["value"],
            `Docker configuration that may pull ${environment.registry}`,
          ),
        ]),
  ];
}

/** Everything the environment's source of secrets has to hold, by name; nothing else is read from it. */
export const secretCatalogue = (model: System, environment: Environment): CatalogueEntry[] =>
  [
    ...serviceEntries(model, environment),
    ...declaredEntries(model),
    ...storeEntries(model, environment),
    ...platformEntries(environment),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
