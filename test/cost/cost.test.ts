import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { costChanges } from "#cost/change";
import { demandOf } from "#cost/demand";
import { estimate } from "#cost/estimate";
import { monthly, type Price, prices } from "#cost/prices";
import { Side } from "#diff/documents";
import type { Manifest } from "#emit/document";
import { stringify } from "#emit/stringify";
import { environments } from "#environments";

const project = fileURLToPath(new URL("../..", import.meta.url));

const manifest = (apiVersion: string, kind: string, spec: unknown, name = "x"): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "ns" },
  spec,
});

const deployment = (replicas: number, memory = "512Mi"): Manifest =>
  manifest("apps/v1", "Deployment", {
    replicas,
    template: {
      metadata: {
        annotations: {
          "dapr.io/enabled": "true",
          "dapr.io/sidecar-cpu-request": "100m",
          "dapr.io/sidecar-memory-request": "512Mi",
        },
      },
      spec: {
        nodeSelector: { "todo.dev/pool": "apps" },
        initContainers: [{ name: "once", resources: { requests: { cpu: "4" } } }],
        containers: [{ name: "c", resources: { requests: { cpu: "400m", memory } } }],
      },
    },
  });

describe("demand", () => {
  test("counts requests of app and sidecar at the smallest number of replicas, and no container that ends", () => {
    expect(demandOf([deployment(2)]).pools).toEqual({ apps: { cpu: 1, memory: 2, pods: 2 } });
    const scaler = manifest("keda.sh/v1alpha1", "ScaledObject", { scaleTargetRef: { name: "x" }, minReplicaCount: 3 });
    expect(demandOf([deployment(1), scaler]).pools.apps).toEqual({ cpu: 1.5, memory: 3, pods: 3 });
  });

  test("counts brokers, databases, volumes and load balancers", () => {
    const demand = demandOf([
      manifest("kafka.strimzi.io/v1", "KafkaNodePool", {
        replicas: 3,
        resources: { requests: { cpu: "1", memory: "4Gi" } },
        storage: { type: "jbod", volumes: [{ id: 0, type: "persistent-claim", size: "100Gi" }] },
      }),
      manifest("postgresql.cnpg.io/v1", "Cluster", {
        instances: 2,
        storage: { size: "20Gi" },
        walStorage: { size: "5Gi" },
        resources: { requests: { cpu: "500m", memory: "2Gi" } },
      }),
      manifest("v1", "PersistentVolumeClaim", { resources: { requests: { storage: "1Gi" } } }),
      manifest("argoproj.io/v1alpha1", "Application", {
        source: {
          chart: "loki",
          helm: {
            valuesObject: {
              a: { persistence: { size: "10Gi" } },
              b: { persistence: { enabled: false, size: "99Gi" } },
            },
          },
        },
      }),
      manifest("gateway.networking.k8s.io/v1", "Gateway", {}),
      manifest("v1", "Service", { type: "LoadBalancer" }),
      manifest("v1", "Service", { type: "ClusterIP" }),
    ]);
    expect(demand).toEqual({
      pools: { kafka: { cpu: 3, memory: 12, pods: 3 }, any: { cpu: 1, memory: 4, pods: 2 } },
      storage: 300 + 50 + 1 + 10,
      volumes: 3 + 4 + 1 + 1,
      loadBalancers: 2,
      brokers: 3,
      charts: ["loki"],
    });
  });
});

describe("an estimate", () => {
  const { staging, dev } = environments;
  const aks = environments["prod-aks"];

  test("counts the smallest number of nodes of each pool, and more where requests need them", () => {
    const nodes = (replicas: number) =>
      estimate(staging, [deployment(replicas)]).lines.find(({ item }) => item.startsWith("nodes of pool apps"))?.amount;
    expect(nodes(2)).toBe(3);
    // 3.86 cores a node, half a core a pod.
    expect(nodes(60)).toBe(8);
  });

  test("is the sum of what has a price, and lists what has none", () => {
    const { lines, monthly: sum, unknown } = estimate(aks, [deployment(2)]);
    expect(sum).toBeCloseTo(lines.reduce((total, line) => total + (line.monthly ?? 0), 0));
    expect(lines.find(({ item }) => item === "control plane")).toMatchObject({ monthly: null, price: null });
    expect(unknown).toEqual(expect.arrayContaining(["managed Kafka (event-hubs, premium)"]));
  });

  test("is nothing on a developer's machine", () => {
    expect(estimate(dev, [deployment(2)])).toMatchObject({ monthly: 0, lines: [], unknown: [] });
  });
});

describe("a price", () => {
  const all = Object.values(prices).flatMap(({ machines, controlPlane, blockStorage, loadBalancer }) =>
    [...machines.map(({ price }) => price), controlPlane, blockStorage, loadBalancer].filter(
      (price) => price !== undefined,
    ),
  );

  test("names its source and its day, always", () => {
    expect(all.length).toBeGreaterThan(10);
    for (const { usd, source, date } of all) {
      expect(usd).toBeGreaterThan(0);
      expect(source.length).toBeGreaterThan(20);
      expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(Number.isNaN(Date.parse(date))).toBe(false);
    }
  });

  test("is by the month whatever it is per", () => {
    const price = (per: Price["per"]): Price => ({ usd: 2, per, source: "", date: "" });
    expect([
      monthly(price("month")),
      monthly(price("hour")),
      monthly(price("GiB-month"), 3),
      monthly(price("GiB-hour"), 3),
    ]).toEqual([2, 1460, 6, 4380]);
  });
});

test("a change of a rendering says what it costs", () => {
  const side = (...manifests: Manifest[]): Side => {
    const files = new Map(manifests.map((each, index) => [`staging/app/ns/${index}.yaml`, { text: stringify(each) }]));
    return new Side({ label: "", name: "", files }, () => ({ environment: "staging", application: "app" }));
  };
  const claim = (size: string) =>
    manifest("v1", "PersistentVolumeClaim", { resources: { requests: { storage: size } } });
  const [change] = costChanges(
    environments,
    ["staging"],
    side(deployment(2), claim("10Gi")),
    side(deployment(2, "1Gi"), claim("30Gi")),
  );
  expect(change).toMatchObject({ environment: "staging", provider: "doks", cpu: 0, memory: 1 });
  expect(change?.lines).toEqual([{ item: "block storage", unit: "GiB", before: 10, after: 30, monthly: 2 }]);
  expect((change?.after ?? 0) - (change?.before ?? 0)).toBeCloseTo(2);
  expect(costChanges(environments, ["staging", "unheard-of"], side(claim("10Gi")), side(claim("10Gi")))).toEqual([]);
});

describe("npm run cost", () => {
  const run = (...arguments_: string[]) =>
    spawnSync(process.execPath, ["src/cli/cost.ts", ...arguments_], { cwd: project, encoding: "utf8" });

  test("prints every environment with its assumptions and sources, for people and for machines", () => {
    const { stdout, status } = run();
    expect(status).toBe(0);
    for (const name of Object.keys(environments)) expect(stdout).toMatch(new RegExp(`^${name} \\(`, "m"));
    expect(stdout).toMatch(/not counted, no price was seen: /);
    expect(stdout).toMatch(/^Assumptions:$/m);
    const json = JSON.parse(run("--env", "prod-doks", "--json").stdout);
    expect(json.environments).toHaveLength(1);
    expect(json.environments[0]).toMatchObject({ environment: "prod-doks", provider: "doks" });
  }, 60_000);

  test("refuses an environment that does not exist", () => {
    const { stderr, status } = run("--env", "nowhere");
    expect(stderr).toMatch(/^error: unknown environment "nowhere"\. Use one of: /);
    expect(status).toBe(2);
  }, 60_000);
});
