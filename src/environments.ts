/**
 * Where the product runs. Each environment is a few lines over shared defaults; addresses below `example.com`, the `example`
 * organisation and all-zero ids are placeholders for whoever forks this (`npm run check -- --unconfirmed` lists them).
 */
import { environments as declare } from "#model/environment";
import { aks, doks, gke, kind, oke } from "#model/provider";
import {
  cloudNativePg,
  confluent,
  eventHubs,
  gatewayApi,
  keyVault,
  kubernetesSecrets,
  managedPostgres,
  ociVault,
  secretManager,
  strimzi,
} from "#model/provider-services";
import { gibibytes, mebibytes, millicores } from "#model/quantities";
import { pools, singleNode } from "#model/size";
import { todo } from "#system";

const ZERO_ID = "00000000-0000-0000-0000-000000000000";

const shared = {
  held: true,
  repository: { url: "https://github.com/example/todo-assistant.git", revision: "main" },
  registry: "ghcr.io/example/todo",
  pullSecret: null,
  gateway: gatewayApi(),
  acmeEmail: "platform@example.com",
  traceSampling: 0.1,
} as const;

const node4x16 = { cpu: millicores(3860), memory: mebibytes(13_500) };
const node2x8 = { cpu: millicores(1900), memory: mebibytes(6_300) };

const threeBrokers = strimzi({ brokers: 3, storage: gibibytes(100), heap: gibibytes(2), memory: gibibytes(4) });
const clusterPools = {
  system: { nodes: { min: 3, max: 5 }, allocatable: node4x16 },
  apps: { nodes: { min: 3, max: 10 }, allocatable: node4x16 },
};
const kafkaPool = { nodes: { min: 3, max: 3 }, allocatable: node2x8 };
const dbPool = { nodes: { min: 3, max: 3 }, allocatable: node2x8 };

export const environments = declare(todo, {
  dev: {
    ...shared,
    held: false,
    provider: kind(),
    domain: "todo.dev.example.com",
    kafka: strimzi({ brokers: 1, storage: gibibytes(5), heap: mebibytes(320), memory: mebibytes(640) }),
    postgres: cloudNativePg({ instances: 1, storage: gibibytes(5), memory: mebibytes(256), maxConnections: 100 }),
    secrets: kubernetesSecrets(),
    size: singleNode({ cpu: millicores(4000), memory: mebibytes(7000) }),
    acmeEmail: null,
    traceSampling: 1,
  },
  staging: {
    ...shared,
    provider: doks({ region: "fra1" }),
    domain: "todo.staging.example.com",
    kafka: threeBrokers,
    postgres: cloudNativePg({ instances: 3, storage: gibibytes(20), memory: gibibytes(2), maxConnections: 450 }),
    secrets: kubernetesSecrets(),
    size: pools({ ...clusterPools, kafka: kafkaPool, db: dbPool }),
    traceSampling: 0.5,
  },
  "prod-aks": {
    ...shared,
    provider: aks({
      region: "westeurope",
      tenantId: ZERO_ID,
      clientId: ZERO_ID,
      dns: { subscriptionId: ZERO_ID, resourceGroup: "todo-dns" },
    }),
    domain: "todo.aks.example.com",
    kafka: eventHubs({ namespace: "todo-prod", tier: "premium" }),
    postgres: managedPostgres({
      host: "todo-prod.postgres.database.azure.com",
      port: 5432,
      pooler: { host: "todo-prod.postgres.database.azure.com", port: 6432 },
      maxConnections: 859,
    }),
    secrets: keyVault({ vaultUrl: "https://todo-prod.vault.azure.net" }),
    size: pools(clusterPools),
  },
  "prod-gke": {
    ...shared,
    provider: gke({ region: "europe-west3", projectId: "example-todo-prod" }),
    domain: "todo.gke.example.com",
    kafka: confluent({ bootstrap: "pkc-00000.europe-west3.gcp.confluent.cloud:9092" }),
    postgres: managedPostgres({ host: "todo-prod.sql.example.com", port: 5432, maxConnections: 800 }),
    secrets: secretManager(),
    size: pools(clusterPools),
  },
  "prod-oke": {
    ...shared,
    provider: oke({ region: "eu-frankfurt-1", compartmentId: "ocid1.compartment.oc1..example" }),
    domain: "todo.oke.example.com",
    kafka: threeBrokers,
    postgres: managedPostgres({ host: "todo-prod.postgresql.example.com", port: 5432, maxConnections: 800 }),
    secrets: ociVault({ vaultId: "ocid1.vault.oc1.eu-frankfurt-1.example" }),
    size: pools({ ...clusterPools, kafka: kafkaPool }),
  },
  "prod-doks": {
    ...shared,
    provider: doks({ region: "fra1" }),
    domain: "todo.doks.example.com",
    kafka: threeBrokers,
    postgres: managedPostgres({
      host: "todo-prod.db.ondigitalocean.com",
      port: 25060,
      pooler: { host: "todo-prod.db.ondigitalocean.com", port: 25061 },
      maxConnections: 397,
    }),
    secrets: kubernetesSecrets(),
    size: pools({ ...clusterPools, kafka: kafkaPool }),
  },
});

export type EnvironmentName = keyof typeof environments;
