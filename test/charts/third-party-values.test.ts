import { describe, expect, it } from "@jest/globals";
import {
  possibleCharts,
  type ThirdPartyChart,
  thirdPartyCharts,
  thirdPartyValues,
} from "#charts/third-party/catalogue";
import type { HelmValue, HelmValues } from "#charts/third-party/helm-values";
import type { DnsZone, KafkaAccess, PlatformInputs, Provider, TraceStore } from "#charts/third-party/inputs";
import { readKnownValues, unknownKeys } from "#charts/third-party/known-keys";
import { knownMetrics as metrics } from "#charts/third-party/metrics";
import { unknown } from "#charts/third-party/unknown";
import { externalDnsConfigFile } from "#charts/third-party/values/external-dns";
import { footprint, workloads } from "#charts/third-party/workloads";
import { chartNames, chartPins } from "#model/chart-pins";

const zones: Readonly<Record<Provider, DnsZone | undefined>> = {
  kind: undefined,
  aks: { kind: "azure", clientId: "c", tenantId: "t", subscriptionId: "s", resourceGroup: "g" },
  gke: { kind: "google", project: "p", serviceAccount: "dns@p.iam.gserviceaccount.com" },
  oke: { kind: "oci", region: "eu-frankfurt-1", compartment: "ocid1" },
  doks: { kind: "digitalocean", tokenSecret: { name: "external-dns-token", key: "token" } },
};

const mtls: KafkaAccess = { kind: "mtls", bootstrap: "kafka:9093", userSecret: "kafka-ui", caSecret: "ca" };
const sasl: KafkaAccess = {
  kind: "sasl",
  bootstrap: "hub:9093",
  mechanism: "PLAIN",
  jaasSecret: { name: "hub", key: "jaas" },
};
const elasticsearch: TraceStore = { kind: "elasticsearch", url: "https://traces:9200", secret: "traces" };

function inputs(provider: Provider, full: boolean): PlatformInputs {
  const dns = zones[provider];
  return {
    name: "shop-dev",
    provider,
    highAvailability: full,
    size: full ? "standard" : "small",
    domain: "shop.example",
    namespaces: { apps: "apps", infra: "infra", monitoring: "monitoring", hostAgents: "host-agents" },
    ...(full ? { storageClass: "fast", priorityClass: "platform" } : {}),
    ...(full ? { placement: { nodeSelector: { pool: "platform" }, tolerations: [{ operator: "Exists" }] } } : {}),
    ...(dns === undefined ? {} : { dns }),
    kafka: full ? sasl : mtls,
    traces: { store: full ? elasticsearch : { kind: "memory" }, samplingPercentage: 10 },
  };
}

const environments: readonly PlatformInputs[] = (Object.keys(zones) as Provider[]).flatMap((provider) => [
  inputs(provider, false),
  inputs(provider, true),
]);

const cases = environments.flatMap((environment) =>
  possibleCharts(environment).map((chart) => ({ chart, environment })),
);

const isMap = (value: HelmValue | undefined): value is HelmValues =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every map below a key whose name ends in `resources`, but for claims of storage. */
function resourceMaps(value: HelmValue): readonly HelmValues[] {
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    if (key === "volumeClaimTemplate") return [];
    if (!/resources$/i.test(key) || !isMap(below)) return resourceMaps(below);
    return "requests" in below ? [below] : Object.values(below).filter(isMap);
  });
}

describe("values of the third-party charts", () => {
  it("cover every pinned chart and no other", () => {
    expect([...thirdPartyCharts].sort()).toEqual([...chartNames].sort());
  });

  it.each(thirdPartyCharts)("have the keys of %s at its pinned version or say where they were seen", (chart) => {
    const known = readKnownValues(chart);
    expect(known.pinned).toBe(chartPins[chart].version);
    const confirmed = known.seen?.exact === true;
    expect(unknown.some(({ subject }) => subject === chart)).toBe(!confirmed);
  });

  it("use only keys that the charts have", () => {
    const wrong = cases.flatMap(({ chart, environment }) =>
      unknownKeys(readKnownValues(chart), thirdPartyValues(chart, environment)).map(
        (key) => `${chart} on ${environment.provider}: ${key}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    [
      "dapr",
      { dapr_sidecar_injector: { sidecarDropAllCapabilities: true } },
      "dapr_sidecar_injector.sidecarDropAllCapabilities",
    ],
    ["strimzi-kafka-operator", { watchNamespace: ["infra"] }, "watchNamespace"],
    [
      "loki",
      { singleBinary: { persistence: { storageClassName: "fast" } } },
      "singleBinary.persistence.storageClassName",
    ],
    ["kube-prometheus-stack", { grafana: { "grafana.yaml": { server: "x" } } }, 'grafana."grafana.yaml".server'],
  ] as const satisfies readonly (readonly [ThirdPartyChart, HelmValues, string])[])(
    "report a wrong key of %s",
    (chart, values, key) => {
      expect(unknownKeys(readKnownValues(chart), values)).toEqual([key]);
    },
  );

  it("report every value of a chart that is laid over another chart's keys", () => {
    const environment = inputs("aks", true);
    expect(
      unknownKeys(readKnownValues("gateway-crds-helm"), thirdPartyValues("dapr", environment)).length,
    ).toBeGreaterThan(5);
  });

  it("give every container a request and a memory limit", () => {
    const incomplete = cases.flatMap(({ chart, environment }) =>
      resourceMaps(thirdPartyValues(chart, environment))
        .filter(
          ({ requests, limits }) =>
            !isMap(requests) || !isMap(limits) || !requests.cpu || !requests.memory || !limits.memory,
        )
        .map(() => chart),
    );
    expect(incomplete).toEqual([]);
  });

  it("have resources wherever a chart starts pods", () => {
    const starting = new Set<string>(Object.values(workloads).map(({ chart }) => chart));
    const silent = cases.filter(
      ({ chart, environment }) =>
        starting.has(chart) && resourceMaps(thirdPartyValues(chart, environment)).length === 0,
    );
    expect(silent).toEqual([]);
  });

  it("put no secret into Alloy's, Jaeger's or ExternalDNS's config and no template marks into Alloy's", () => {
    for (const environment of environments) {
      expect(JSON.stringify(thirdPartyValues("alloy", environment))).not.toContain("{{");
      const file = environment.dns === undefined ? undefined : externalDnsConfigFile(environment.dns);
      expect(file?.text ?? "").not.toMatch(/secret|password|token/i);
    }
  });

  it("refuse kafka-ui without brokers and external-dns without a zone", () => {
    const { dns: _dns, kafka: _kafka, ...bare } = inputs("aks", false);
    expect(possibleCharts(bare)).not.toContain("kafka-ui");
    expect(() => thirdPartyValues("kafka-ui", bare)).toThrow("kafka");
    expect(() => thirdPartyValues("external-dns", bare)).toThrow("dns");
  });

  it("ask for OCI's smallest volume on OKE", () => {
    expect(thirdPartyValues("valkey", inputs("oke", false)).dataStorage).toMatchObject({ requestedSize: "50Gi" });
    expect(thirdPartyValues("valkey", inputs("kind", false)).dataStorage).toMatchObject({ requestedSize: "1Gi" });
  });
});

describe("footprint of the third-party charts", () => {
  it("names only pinned charts and asks for something on every row", () => {
    const environment = inputs("oke", false);
    const charts = new Set<string>(thirdPartyCharts);
    for (const row of footprint(environment, charts)) {
      expect(charts.has(row.chart)).toBe(true);
      expect(row.memory.mebibytes).toBeGreaterThan(0);
      expect(row.bases.length).toBeGreaterThan(0);
    }
  });

  it("counts only the charts it is asked for, and more replicas with high availability", () => {
    const keda = new Set(["keda"]);
    expect(footprint(inputs("aks", false), keda).map(({ replicas }) => replicas)).toEqual([1, 1, 1]);
    expect(footprint(inputs("aks", true), keda).map(({ replicas }) => replicas)).toEqual([2, 2, 2]);
  });
});

describe("metrics that dashboards and alerts may use", () => {
  it("are named once, with a source", () => {
    const names = metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, source } of metrics) {
      expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
      expect(source.repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(source.path).not.toBe("");
    }
  });
});
