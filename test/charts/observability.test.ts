import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { Testing } from "cdk8s";
import { KafkaUsersChart } from "#charts/kafka-users";
import { dashboardsOf, ObservabilityChart, ruleGroupsOf } from "#charts/observability";
import { ServiceChart } from "#charts/service";
import { thirdPartyApplications } from "#charts/third-party/index";
import { knownMetrics } from "#charts/third-party/metrics";
import { type Alert, type Recording, runbookUrl } from "#constructs/alerting";
import type { RenderContext } from "#constructs/application-chart";
import { dashboardJson, type Panel } from "#constructs/dashboard";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import { lagLimitOf, limits, serviceLevels } from "#model/objectives";
import { ownMetrics, ownSeries, processSeries } from "#model/own-metrics";
import { platformEdges, policedNamespaces } from "#model/platform-edges";
import { eventTopics } from "#model/system";
import { todo } from "#system";
import { parseQuery } from "#test/support/promql";

const all: readonly Environment[] = Object.values(environments);
const { dev, staging, "prod-aks": aks } = environments;
const contextOf = (environment: Environment): RenderContext => ({ model: todo, environment, images: {} });

const rulesOf = (environment: Environment): readonly (Alert | Recording)[] =>
  ruleGroupsOf(contextOf(environment)).flatMap(({ rules }) => rules);
const alertsOf = (environment: Environment): Alert[] => rulesOf(environment).filter((rule) => "alert" in rule);
const recordsOf = (environment: Environment): Recording[] => rulesOf(environment).filter((rule) => "record" in rule);
const panelsOf = (environment: Environment): Panel[] =>
  dashboardsOf(contextOf(environment)).flatMap(({ rows }) =>
    rows.flatMap(({ panels }) => panels.filter((panel) => panel.kind !== "logs")),
  );

interface Asked {
  readonly where: string;
  readonly query: string;
}

const queriesOf = (environment: Environment): Asked[] => [
  ...alertsOf(environment).map(({ alert, expr }) => ({ where: alert, query: expr })),
  ...recordsOf(environment).map(({ record, expr }) => ({ where: record, query: expr })),
  ...panelsOf(environment).flatMap(({ title, queries }) => queries.map(({ expr }) => ({ where: title, query: expr }))),
];

/** Labels that Prometheus and the operator give every sample of a target. */
const targetLabels = ["namespace", "service", "pod", "container", "job", "instance", "endpoint"];

/** Labels by metric: `null` where the source was not read for them. */
const labelsOf = new Map<string, readonly string[] | null>([
  ["up", []],
  ...processSeries.map((name) => [name, []] as const),
  ...knownMetrics.map(({ name, labels }) => [name, labels.length > 0 ? labels : null] as const),
  ...ownSeries.map((series) => {
    const metric = Object.entries(ownMetrics).find(([name]) => series === name || series.startsWith(`${name}_`));
    return [series, [...(metric?.[1].labels ?? []), "le"]] as const;
  }),
]);

describe.each(all)("queries of $name", (environment) => {
  it("are PromQL", () => {
    const wrong = queriesOf(environment).flatMap(({ where, query }) =>
      parseQuery(query).errors.map((error) => `${where}: ${error}`),
    );
    expect(wrong).toEqual([]);
  });

  it("ask for metrics that our services export, a project's source has, or a rule records", () => {
    const records = recordsOf(environment).map(({ record }) => record);
    const unknown = queriesOf(environment).flatMap(({ where, query }) =>
      parseQuery(query)
        .selectors.filter(({ metric }) => !labelsOf.has(metric) && !records.includes(metric))
        .map(({ metric }) => `${where}: ${metric}`),
    );
    expect(unknown).toEqual([]);
  });

  it("match only labels that the metrics have", () => {
    const unknown = queriesOf(environment).flatMap(({ where, query }) =>
      parseQuery(query).selectors.flatMap(({ metric, labels }) => {
        const known = labelsOf.get(metric);
        if (!known) return [];
        return labels
          .filter((label) => !known.includes(label) && !targetLabels.includes(label))
          .map((label) => `${where}: ${metric}{${label}}`);
      }),
    );
    expect(unknown).toEqual([]);
  });
});

describe("the reader of queries", () => {
  it("finds what is wrong, what is asked for and by which labels", () => {
    expect(parseQuery("sum by (le (rate(x[5m])").errors).not.toEqual([]);
    expect(parseQuery('rate(todo_x{a="b"}[5m]) > 3 unless up')).toEqual({
      errors: [],
      selectors: [
        { metric: "todo_x", labels: ["a"] },
        { metric: "up", labels: [] },
      ],
    });
  });
});

describe("alerts", () => {
  it("watch, everywhere, what the product promises", () => {
    const everywhere = [
      "HighErrorRate",
      "ErrorBudgetBurn",
      "HighLatency",
      "ServiceUnavailable",
      "PodNotReady",
      "PodRestarting",
      "HighMemory",
      "HighCpu",
      "VolumeAlmostFull",
      "ConsumerLag",
      "ConsumerStopped",
      "DeadLetters",
      "OutboxBacklog",
      "OutboxStalled",
      "DaprControlPlaneDown",
      "DaprIssuerCertificateExpires",
      "CertificateExpires",
      "SecretSyncFails",
      "ArgoApplicationDegraded",
      "ArgoApplicationOutOfSync",
    ];
    for (const environment of all) {
      const names = alertsOf(environment).map(({ alert }) => alert);
      expect(names).toEqual(expect.arrayContaining(everywhere));
    }
  });

  it("watch a store only where it runs in the cluster", () => {
    const names = (environment: Environment) => alertsOf(environment).map(({ alert }) => alert);
    const ofStores = /^(Kafka|Postgres|Valkey)/;
    expect(names(aks).filter((name) => ofStores.test(name))).toEqual([]);
    expect(names(staging)).toEqual(
      expect.arrayContaining([
        "KafkaUnderReplicated",
        "PostgresReplicaMissing",
        "PostgresArchivingFails",
        "ValkeyDown",
      ]),
    );
    // One instance has no replica to miss, and one node keeps no backups.
    expect(names(dev)).toContain("PostgresDown");
    expect(names(dev)).not.toEqual(expect.arrayContaining(["PostgresReplicaMissing"]));
    expect(names(dev)).not.toEqual(expect.arrayContaining(["PostgresArchivingFails"]));
  });

  it.each(all)("in $name know how far each subscription is behind", (environment) => {
    const lag = recordsOf(environment).filter(({ record }) => record.includes("lag"));
    const subscriptions = Object.entries(todo.services).flatMap(([service, { subscribes }]) =>
      subscribes.map((topic) => ({ service, topic })),
    );
    expect(lag.map(({ labels }) => labels)).toEqual(subscriptions);
  });

  it("wait for less lag than KEDA can tell of a pure consumer", () => {
    for (const [name, service] of Object.entries(todo.services)) {
      const manifests = new ServiceChart(Testing.app(), contextOf(staging), { name, service }).toJson();
      const scaled = manifests.find(({ kind }) => kind === "ScaledObject");
      for (const { type, metadata } of scaled?.spec.triggers ?? []) {
        if (type !== "kafka" || metadata.allowIdleConsumers === "true") continue;
        const partitions = eventTopics(todo).find(([topic]) => topic === metadata.topic)?.[1].partitions ?? 0;
        expect(lagLimitOf(metadata.topic).events).toBeLessThan(partitions * Number(metadata.lagThreshold));
      }
    }
  });

  it("ask to restart a pod before the certificate that it read at its start can have ended", () => {
    const users = new KafkaUsersChart(Testing.app(), contextOf(staging)).toJson();
    const { renewalDays } = users[0].spec.authentication;
    const { warning, critical } = limits.podWithKafkaCertificate;
    expect(warning.milliseconds).toBeLessThan(critical.milliseconds);
    expect(critical.milliseconds).toBeLessThan(renewalDays * 86_400_000);
  });

  it("ask for the lag under the names that the autoscalers give it", () => {
    const names = Object.entries(todo.services).flatMap(([name, service]) => {
      const manifests = new ServiceChart(Testing.app(), contextOf(staging), { name, service }).toJson();
      return manifests
        .filter(({ kind }) => kind === "ScaledObject")
        .flatMap(({ metadata, spec }) =>
          spec.triggers
            .filter(({ type }: { type: string }) => type === "kafka")
            .map((trigger: { name: string }) => `scaledObject="${metadata.name}",scaler="${trigger.name}"`),
        );
    });
    const lag = recordsOf(staging).filter(({ record }) => record.includes("lag"));
    expect(lag.map(({ expr }) => /\{(.*)\}/.exec(expr)?.[1])).toEqual(names);
  });

  it("say what is wrong in one line and point at the runbook of the deployed commit", () => {
    const manifests = new ObservabilityChart(Testing.app(), contextOf(staging)).toJson();
    const rules = manifests
      .filter(({ kind }) => kind === "PrometheusRule")
      .flatMap(({ spec }) => spec.groups.flatMap((group: { rules: unknown[] }) => group.rules))
      .filter((rule) => "alert" in rule);
    expect(rules.length).toBeGreaterThan(40);
    for (const { alert, labels, annotations, for: patience } of rules) {
      expect(["critical", "warning"]).toContain(labels.severity);
      expect(patience).toMatch(/^\d+[smhd]$/);
      expect(annotations.summary).not.toContain("\n");
      expect(annotations.runbook_url).toBe(
        `https://github.com/example/todo-assistant/blob/main/docs/runbook.md#${alert.toLowerCase()}`,
      );
    }
  });

  it("find the runbook of a repository that is named by its ssh address", () => {
    const repository = { url: "git@git.example.com:a/todo.git", revision: "v1" };
    expect(runbookUrl({ ...dev, repository }, "HighErrorRate")).toBe(
      "https://git.example.com/a/todo/blob/v1/docs/runbook.md#higherrorrate",
    );
  });
});

describe("docs/runbook.md", () => {
  const text = readFileSync("docs/runbook.md", "utf8");
  const sections = new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.split("\n", 1)[0] ?? "", section] as const),
  );

  it("has a section for each alert of any environment, and for no other", () => {
    const alerts = new Set(all.flatMap((environment) => alertsOf(environment).map(({ alert }) => alert)));
    expect([...sections.keys()].sort()).toEqual([...alerts].sort());
  });

  it("says for each what it means, where to look first and what helps", () => {
    for (const [alert, section] of sections) {
      for (const part of ["Meaning", "First look", "Remedy"]) {
        if (!section.includes(`**${part}.**`)) throw new Error(`${alert} has no part "${part}"`);
      }
    }
  });
});

describe("objectives", () => {
  it("are bounds of the histograms that measure them, so that no alert interpolates", () => {
    expect(ownMetrics.todo_http_request_duration_seconds.buckets).toContain(
      serviceLevels.apiLatency.milliseconds / 1000,
    );
    expect(ownMetrics.todo_event_latency_seconds.buckets).toContain(serviceLevels.eventLatency.milliseconds / 1000);
  });
});

describe("dashboards", () => {
  it.each(all)("of $name are four, with stable names, and none of their panels lie over each other", (environment) => {
    const dashboards = dashboardsOf(contextOf(environment));
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      "todo-application",
      "todo-kafka",
      "todo-kubernetes",
      "todo-dapr",
    ]);
    for (const dashboard of dashboards) {
      const { panels } = JSON.parse(dashboardJson(dashboard)) as {
        panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
      };
      const cells = new Set<string>();
      for (const { gridPos } of panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(cells.has(`${x},${y}`)).toBe(false);
            cells.add(`${x},${y}`);
          }
      }
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    }
  });

  it.each(all)("of $name use each of their variables, and offer what the model has", (environment) => {
    for (const dashboard of dashboardsOf(contextOf(environment))) {
      const text = dashboardJson(dashboard);
      for (const { name } of dashboard.variables) expect(text).toContain(`=~\\"$${name}\\"`);
      const used = [...text.matchAll(/=~\\"\$(\w+)\\"/g)].map(([, name]) => name);
      expect(dashboard.variables.map(({ name }) => name)).toEqual(expect.arrayContaining([...new Set(used)]));
    }
    const [application, kafka] = dashboardsOf(contextOf(environment));
    expect(application?.variables[0]?.values).toEqual(Object.keys(todo.services));
    expect(kafka?.variables[0]?.values).toEqual(Object.keys(todo.topics));
  });

  it("show a managed Kafka as far as its clients see it", () => {
    const kafka = (environment: Environment) =>
      dashboardsOf(contextOf(environment))
        .find(({ uid }) => uid === "todo-kafka")
        ?.rows.map(({ title }) => title);
    expect(kafka(staging)).toEqual(["Consumers of $topic", "Before Kafka", "Topics", "Brokers"]);
    expect(kafka(aks)).toEqual(["Consumers of $topic", "Before Kafka"]);
  });

  it("are ConfigMaps that Grafana's sidecar looks for", () => {
    const manifests = new ObservabilityChart(Testing.app(), contextOf(dev)).toJson();
    const maps = manifests.filter(({ kind }) => kind === "ConfigMap");
    expect(maps).toHaveLength(4);
    const stack = thirdPartyApplications(contextOf(dev)).find(({ name }) => name === "kube-prometheus-stack");
    const grafana = stack?.values.grafana as { sidecar: { dashboards: Record<string, string> } };
    const { label, labelValue, searchNamespace } = grafana.sidecar.dashboards;
    for (const { metadata } of maps) {
      expect(metadata.namespace).toBe(searchNamespace);
      expect(metadata.labels[label ?? ""]).toBe(labelValue);
    }
  });
});

describe("monitors", () => {
  it.each(all)("of $name scrape only ports that policies open to Prometheus", (environment) => {
    const policed: readonly string[] = policedNamespaces(environment);
    const edges = platformEdges(todo, environment).filter(({ from }) =>
      from.some((peer) => peer.kind === "workload" && peer.name === "prometheus"),
    );
    const monitors = new ObservabilityChart(Testing.app(), contextOf(environment))
      .toJson()
      .filter(({ kind }) => kind === "PodMonitor");
    expect(monitors.length).toBeGreaterThanOrEqual(4);
    for (const { metadata, spec } of monitors) {
      const [namespace] = spec.namespaceSelector.matchNames;
      if (!policed.includes(namespace)) continue;
      for (const { portNumber } of spec.podMetricsEndpoints) {
        const open = edges.some(
          ({ to, ports }) =>
            ports.some(({ port }) => port === portNumber) &&
            to.some((peer) => peer.kind === "workload" && peer.name === metadata.name),
        );
        if (!open) throw new Error(`nothing lets Prometheus reach ${namespace}/${metadata.name}:${portNumber}`);
      }
    }
  });
});

describe("people who are told", () => {
  interface Route {
    readonly receiver: string;
    readonly routes?: readonly Route[];
  }

  interface Alertmanager {
    readonly config: { readonly route: Route; readonly receivers: readonly { readonly name: string }[] };
    readonly alertmanagerSpec: { readonly secrets: readonly string[] };
  }

  const stack = thirdPartyApplications(contextOf(staging)).find(({ name }) => name === "kube-prometheus-stack");
  const alertmanager = stack?.values.alertmanager as unknown as Alertmanager;

  it("are all named by a route, and addressed by files of a mounted Secret", () => {
    const { route, receivers } = alertmanager.config;
    const used = [route, ...(route.routes ?? [])].map(({ receiver }) => receiver);
    expect([...used].sort()).toEqual(receivers.map(({ name }) => name).sort());
    const files = JSON.stringify(receivers).match(/\/etc\/alertmanager\/secrets\/([^/"]+)\//g) ?? [];
    expect(files).toHaveLength(2);
    for (const file of files) expect(alertmanager.alertmanagerSpec.secrets).toContain(file.split("/")[4]);
    expect(JSON.stringify(receivers)).not.toMatch(/https?:/);
  });

  it("are none on one node, where Grafana shows what fires", () => {
    const lean = thirdPartyApplications(contextOf(dev)).find(({ name }) => name === "kube-prometheus-stack");
    expect(lean?.values.alertmanager).toEqual({ enabled: false });
  });

  it("are told about the namespaces of the product and its platform", () => {
    const notReady = alertsOf(staging).find(({ alert }) => alert === "PodNotReady");
    for (const namespace of Object.values(namespaces)) expect(notReady?.expr).toContain(namespace);
  });
});
