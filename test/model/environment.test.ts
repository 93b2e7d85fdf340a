import { describe, expect, test } from "@jest/globals";
import { environments } from "#environments";
import { type Environment, type EnvironmentProps, rackAware, replicationOf, stateStoreOf } from "#model/environment";
import { aks, doks, gke, kind, oke } from "#model/provider";
import {
  cloudNativePg,
  confluent,
  eventHubs,
  keyVault,
  managedPostgres,
  ociVault,
  secretManager,
  strimzi,
} from "#model/provider-services";
import { gibibytes, mebibytes, millicores } from "#model/quantities";
import { pools, singleNode } from "#model/size";
import { validateEnvironment } from "#model/validate-environment";
import { todo } from "#system";

const problems = (environment: Environment, changes: Partial<EnvironmentProps>): string =>
  validateEnvironment(todo, { ...environment, ...changes })
    .map(({ entry, problem, remedy }) => `${entry}: ${problem}. ${remedy}`)
    .join("\n");

const { dev, staging } = environments;
const prodAks = environments["prod-aks"];
const broker = { brokers: 3, storage: gibibytes(100), heap: gibibytes(2), memory: gibibytes(4) };
const gkeProvider = gke({ region: "europe-west3", projectId: "p" });

const database = { instances: 1, storage: gibibytes(5), memory: gibibytes(1), maxConnections: 100 };

describe("an environment", () => {
  test.each(Object.values(environments))("$name has nothing to report", (environment) => {
    expect(validateEnvironment(todo, environment)).toEqual([]);
  });

  test.each<[string, Environment, Partial<EnvironmentProps>, RegExp]>([
    [
      "Key Vault on GKE",
      prodAks,
      { provider: gkeProvider },
      /environments\.prod-aks: Key Vault on gke: its pods have no Azure workload identity/,
    ],
    ["Secret Manager on AKS", prodAks, { secrets: secretManager() }, /Secret Manager on aks/],
    ["OCI Vault on DOKS", staging, { secrets: ociVault({ vaultId: "v" }) }, /OCI Vault on doks/],
    [
      "rack awareness on DOKS",
      staging,
      { kafka: strimzi({ ...broker, rack: true }) },
      /rack awareness on doks: its nodes have no zone label/,
    ],
    ["two brokers", staging, { kafka: strimzi({ ...broker, brokers: 2 }) }, /neither a quorum nor a spare/],
    ["three brokers on one node", dev, { kafka: strimzi(broker) }, /3 brokers on one node/],
    [
      "a broker volume below OKE's minimum",
      environments["prod-oke"],
      { kafka: strimzi({ ...broker, storage: gibibytes(20) }) },
      /oke makes no volume below 50 GiB/,
    ],
    [
      "a heap that fills the memory",
      staging,
      { kafka: strimzi({ ...broker, heap: gibibytes(4) }) },
      /leaves no room beside the heap/,
    ],
    ["Strimzi without its pool", prodAks, { kafka: strimzi(broker) }, /Strimzi without a kafka pool/],
    [
      "a Kafka pool without Strimzi",
      staging,
      { kafka: confluent({ bootstrap: "k.example.com:9092" }) },
      /a kafka pool without Strimzi/,
    ],
    [
      "Event Hubs from elsewhere",
      environments["prod-gke"],
      { kafka: eventHubs({ namespace: "n", tier: "premium" }) },
      /Event Hubs from gke/,
    ],
    [
      "30 days on Event Hubs' standard tier",
      prodAks,
      { kafka: eventHubs({ namespace: "n", tier: "standard" }) },
      /at most 7 days, topic user-events asks for 30d/,
    ],
    [
      "a bootstrap without a port",
      environments["prod-gke"],
      { kafka: confluent({ bootstrap: "host" }) },
      /bootstrap "host"/,
    ],
    [
      "replicated PostgreSQL on one node",
      dev,
      { postgres: cloudNativePg({ instances: 3, storage: gibibytes(5), memory: gibibytes(1), maxConnections: 9 }) },
      /3 PostgreSQL instances on one node/,
    ],
    [
      "a restore where nothing takes snapshots",
      dev,
      { postgres: cloudNativePg({ ...database, restoreFrom: "todo-postgres-20261101020000" }) },
      /restored from a snapshot on kind, where nothing takes any/,
    ],
    [
      "a restore from what is no snapshot's name",
      staging,
      { postgres: cloudNativePg({ ...database, instances: 3, restoreFrom: "Last Night" }) },
      /restoreFrom "Last Night" is no name of a VolumeSnapshot/,
    ],
    [
      "CloudNativePG without its pool",
      prodAks,
      { postgres: cloudNativePg({ instances: 3, storage: gibibytes(5), memory: gibibytes(1), maxConnections: 9 }) },
      /without a db pool/,
    ],
    [
      "managed PostgreSQL on kind",
      dev,
      { postgres: managedPostgres({ host: "h.example.com", port: 5432, maxConnections: 9 }) },
      /no cloud to manage it/,
    ],
    ["Let's Encrypt on kind", dev, { acmeEmail: "a@example.com" }, /nobody can reach the challenge/],
    ["pools without apps", staging, { size: pools({}) }, /no system or apps pool/],
    ["a domain that is none", dev, { domain: "todo" }, /is no host name/],
    ["an impossible sampling", dev, { traceSampling: 2 }, /trace sampling 2/],
    ["settings of nobody", dev, { settings: { chats: {} } }, /settings.chats: there is no such service/],
    ["a setting that is no variable", dev, { settings: { chat: { "llm-model": "x" } } }, /"llm-model" is no/],
    ["a setting that the model has", dev, { settings: { chat: { DATABASE_URL: "x" } } }, /DATABASE_URL is set from/],
    [
      "a setting that leads where the network does not",
      dev,
      { settings: { chat: { LLM_BASE_URL: "https://llm.example.com/v1" } } },
      /LLM_BASE_URL: llm.example.com:443 is not among the hosts/,
    ],
    [
      "a setting that leads to another port",
      dev,
      { settings: { chat: { LLM_BASE_URL: "http://api.openai.com/v1" } } },
      /api.openai.com:80 is not among/,
    ],
    ["a registry with a scheme", dev, { registry: "https://ghcr.io/x" }, /without a scheme/],
    ["Key Vault on a laptop", dev, { secrets: keyVault({ vaultUrl: "https://v.example.com" }) }, /Key Vault on kind/],
  ])("refuses %s", (_what, environment, changes, expected) => {
    expect(problems(environment, changes)).toMatch(expected);
  });

  test("spreads partitions over zones where nodes have them", () => {
    expect(rackAware(staging)).toBe(false);
    expect(rackAware(environments["prod-oke"])).toBe(true);
    expect(rackAware({ ...environments["prod-oke"], kafka: strimzi({ ...broker, rack: false }) })).toBe(false);
  });

  test("replicates as far as there are brokers", () => {
    expect(replicationOf(dev)).toEqual({ replicas: 1, minInSync: 1 });
    expect(replicationOf(staging)).toEqual({ replicas: 3, minInSync: 2 });
  });

  test("keeps state in Valkey where PostgreSQL runs in the cluster", () => {
    expect(Object.values(environments).map((e) => stateStoreOf(e))).toEqual([
      "redis",
      "redis",
      "postgresql",
      "postgresql",
      "postgresql",
      "postgresql",
    ]);
  });

  test("can ask for any combination that makes sense", () => {
    const size = singleNode({ cpu: millicores(4000), memory: mebibytes(8000) });
    for (const provider of [
      kind(),
      aks({ region: "r", tenantId: "t", clientId: "c" }),
      doks({ region: "r" }),
      oke({ region: "r", compartmentId: "c" }),
    ]) {
      const storage = gibibytes(50);
      const changes = {
        provider,
        size,
        kafka: strimzi({ ...broker, brokers: 1, storage }),
        postgres: cloudNativePg({ instances: 1, storage, memory: gibibytes(1), maxConnections: 50 }),
      };
      expect(problems(dev, changes)).toBe("");
    }
  });
});
