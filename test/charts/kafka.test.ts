import { describe, expect, test } from "@jest/globals";
import { KafkaChart } from "#charts/kafka";
import { KafkaUsersChart } from "#charts/kafka-users";
import { TopicsChart } from "#charts/topics";
import type { Manifest } from "#emit/document";
import { environments } from "#environments";
import { aclsOf } from "#model/acls";
import type { Environment } from "#model/environment";
import { strimzi } from "#model/provider-services";
import { gibibytes } from "#model/quantities";
import { todo } from "#system";
import { at, contextOf, renderChart } from "#test/support/render-chart";

const { dev, staging } = environments;
const prodOke = environments["prod-oke"];

function cluster(environment: Environment): Map<string, Manifest> {
  const { kafka } = environment;
  if (kafka.kind !== "strimzi") throw new Error(`${environment.name} runs no Strimzi`);
  return renderChart((app) => new KafkaChart(app, contextOf(environment), { kafka }));
}

const config = (environment: Environment): unknown =>
  at(cluster(environment).get("Kafka todo-kafka"), "spec.kafka.config");
const pool = (environment: Environment, path: string): unknown =>
  at(cluster(environment).get("KafkaNodePool brokers"), `spec.${path}`);

describe("Kafka in the cluster", () => {
  test("listens over TLS alone, and asks every client for a certificate", () => {
    const listeners = at(cluster(staging).get("Kafka todo-kafka"), "spec.kafka.listeners") as object[];
    expect(listeners).toHaveLength(1);
    expect(listeners[0]).toMatchObject({ port: 9093, type: "internal", tls: true, authentication: { type: "tls" } });
    expect(at(cluster(staging).get("Kafka todo-kafka"), "spec.kafka.authorization")).toEqual({ type: "simple" });
  });

  test("opens its listener to the services that the model connects, and to none other", () => {
    const peers = at(cluster(staging).get("Kafka todo-kafka"), "spec.kafka.listeners.0.networkPolicyPeers") as {
      podSelector: { matchExpressions?: { values: string[] }[] };
    }[];
    const services = peers.flatMap(({ podSelector }) => podSelector.matchExpressions?.[0]?.values ?? []);
    expect(services.sort()).toEqual(
      Object.entries(todo.services)
        .filter(([, { publishes, subscribes }]) => publishes.length + subscribes.length > 0)
        .map(([name]) => name)
        .sort(),
    );
    expect(services).not.toContain("frontend");
  });

  test("replicates over three brokers and survives the loss of one", () => {
    expect(config(staging)).toMatchObject({
      "auto.create.topics.enable": false,
      "default.replication.factor": 3,
      "min.insync.replicas": 2,
      "offsets.topic.replication.factor": 3,
    });
    expect(config(dev)).toMatchObject({ "default.replication.factor": 1, "min.insync.replicas": 1 });
  });

  test("spreads replicas over zones only where nodes name theirs", () => {
    expect(at(cluster(prodOke).get("Kafka todo-kafka"), "spec.kafka.rack")).toEqual({
      type: "topology-label",
      topologyKey: "topology.kubernetes.io/zone",
    });
    expect(at(cluster(staging).get("Kafka todo-kafka"), "spec.kafka")).not.toHaveProperty("rack");
  });

  test("keeps brokers on hosts of their own in the kafka pool, and anywhere on a single node", () => {
    const affinity = pool(staging, "template.pod.affinity");
    expect(at(affinity, "podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey")).toBe(
      "kubernetes.io/hostname",
    );
    expect(
      at(
        affinity,
        "nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.0",
      ),
    ).toEqual({ key: "todo.dev/pool", operator: "In", values: ["kafka"] });
    expect(pool(dev, "template.pod")).not.toHaveProperty("affinity");
  });

  test("keeps its volumes and asks a person before anything of it is pruned", () => {
    expect(pool(staging, "storage.volumes.0")).toMatchObject({
      class: "todo-block",
      deleteClaim: false,
      size: "100Gi",
    });
    for (const name of ["Kafka todo-kafka", "KafkaNodePool brokers"]) {
      expect(at(cluster(staging).get(name), "metadata.annotations")).toMatchObject({
        "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm",
      });
    }
  });

  test("takes its size from the environment", () => {
    const kafka = strimzi({ brokers: 5, storage: gibibytes(200), heap: gibibytes(3), memory: gibibytes(6) });
    const larger = { ...staging, kafka };
    expect(pool(larger, "replicas")).toBe(5);
    expect(pool(larger, "jvmOptions")).toEqual({ "-Xms": "3072m", "-Xmx": "3072m" });
    expect(pool(larger, "resources.limits.memory")).toBe("6Gi");
    expect(config(larger)).toMatchObject({ "default.replication.factor": 3 });
  });
});

describe("topics", () => {
  const topics = (environment: Environment): Map<string, Manifest> =>
    renderChart((app) => new TopicsChart(app, contextOf(environment)));

  test("are the model's, with its partitions and retention", () => {
    const documents = topics(staging);
    expect([...documents.keys()]).toEqual(Object.keys(todo.topics).map((name) => `KafkaTopic ${name}`));
    expect(documents.get("KafkaTopic user-events")).toMatchObject({
      spec: {
        partitions: 3,
        replicas: 3,
        config: { "cleanup.policy": "delete", "min.insync.replicas": 2, "retention.ms": 2_592_000_000 },
      },
    });
    expect(topics(dev).get("KafkaTopic task-updates")).toMatchObject({
      spec: { partitions: 6, replicas: 1, config: { "min.insync.replicas": 1, "retention.ms": 86_400_000 } },
    });
  });

  test("are never pruned, and outlive their Application", () => {
    for (const { metadata } of topics(staging).values()) {
      expect(metadata.annotations).toMatchObject({ "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" });
    }
  });
});

describe("Kafka users", () => {
  const users = (environment: Environment): Map<string, Manifest> =>
    renderChart((app) => new KafkaUsersChart(app, contextOf(environment)));

  test("are the services that use Kafka, and where there are replicas to scale KEDA and people's browser", () => {
    const services = ["gateway", "chat", "tasks", "recurring", "notifications", "audit", "realtime"];
    expect([...users(dev).keys()]).toEqual(services.map((name) => `KafkaUser ${name}`));
    expect([...users(staging).keys()]).toEqual([...services, "keda", "kafka-ui"].map((name) => `KafkaUser ${name}`));
  });

  test("sign in with a certificate and may do literally what the model says", () => {
    const spec = at(users(staging).get("KafkaUser recurring"), "spec");
    expect(at(spec, "authentication.type")).toBe("tls");
    const acls = at(spec, "authorization.acls") as { type: string; resource: object; operations: string[] }[];
    expect(acls.map(({ resource, operations }) => ({ resource, operations }))).toEqual(
      aclsOf(todo, "recurring").map(({ resource, operations }) => ({
        resource: { ...resource, patternType: "literal" },
        operations,
      })),
    );
    expect(new Set(acls.map(({ type }) => type))).toEqual(new Set(["allow"]));
  });
});
