import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { App, Testing } from "cdk8s";
import { ApplicationsChart } from "#charts/argocd/applications";
import { bootstrapValues } from "#charts/argocd/bootstrap-values";
import { gitHubRepository, notificationValues, outcomes } from "#charts/argocd/notifications";
import { RootChart } from "#charts/argocd/root";
import { chartsOf } from "#charts/index";
import { type ThirdPartyApplication, thirdPartyApplications } from "#charts/third-party/index";
import { readKnownValues, unknownKeys } from "#charts/third-party/known-keys";
import { platformInputs } from "#charts/third-party/platform-inputs";
import { argoHealthChecks } from "#charts/third-party/values/argo-health";
import { footprint } from "#charts/third-party/workloads";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { customResource } from "#constructs/custom-resource";
import { environments } from "#environments";
import { chartPins } from "#model/chart-pins";
import type { Environment } from "#model/environment";
import { aks as azure } from "#model/provider";
import { ingress } from "#model/provider-services";
import { waves } from "#model/waves";
import { todo } from "#system";

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
    readonly finalizers?: string[];
  };
  // Either kind; each test says which fields it reads.
  readonly spec: ReturnType<typeof JSON.parse>;
}

const contextOf = (environment: Environment): RenderContext => ({ model: todo, environment, images: {} });

const ownCharts = (environment: Environment): ApplicationChart[] =>
  chartsOf(new App(), contextOf(environment)).filter(
    ({ application }) => application.application !== "applications" && application.application !== "root",
  );

function render(
  environment: Environment,
  charts: readonly ApplicationChart[] = ownCharts(environment),
  thirdParty: readonly ThirdPartyApplication[] = thirdPartyApplications(contextOf(environment)),
): Manifest[] {
  return new ApplicationsChart(Testing.app(), contextOf(environment), charts, thirdParty).toJson();
}

function named(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const all: readonly Environment[] = Object.values(environments);
const { dev, staging, "prod-aks": aks, "prod-gke": gke, "prod-oke": oke, "prod-doks": doks } = environments;

const installed = (environment: Environment): string[] =>
  thirdPartyApplications(contextOf(environment)).map(({ name }) => name);

describe("an environment's Applications", () => {
  it.each(all)("cover every chart of $name, each with its folder, project and wave", (environment) => {
    const manifests = render(environment);
    for (const chart of ownCharts(environment)) {
      const { application, wave, project } = chart.application;
      const { metadata, spec } = named(manifests, "Application", application);
      expect(spec.source).toEqual({
        repoURL: environment.repository.url,
        targetRevision: environment.repository.revision,
        path: `gitops/${environment.name}/${application}`,
        directory: { recurse: true },
      });
      expect(spec.project).toBe(`${project}-${environment.name}`);
      expect(metadata.annotations?.["argocd.argoproj.io/sync-wave"]).toBe(String(wave));
    }
  });

  it.each(all)("install third-party charts of $name at exactly the pinned versions", (environment) => {
    const helm = render(environment).filter(({ kind, spec }) => kind === "Application" && spec.source.chart);
    expect(helm.length).toBeGreaterThan(5);
    for (const { metadata, spec } of helm) {
      const pin = chartPins[metadata.name as keyof typeof chartPins];
      expect(spec.source.targetRevision).toBe(pin.version);
      expect(`${pin.repository.startsWith("oci://") ? "oci://" : ""}${spec.source.repoURL}`).toBe(pin.repository);
      expect(Object.keys(spec.source.helm.valuesObject).length).toBeGreaterThan(0);
    }
  });

  it.each(all)("in $name are rendered again only when their own folder changes", (environment) => {
    for (const { kind, metadata, spec } of render(environment)) {
      if (kind !== "Application") continue;
      const folder = spec.source.path ?? `gitops/${environment.name}/applications`;
      expect(metadata.annotations?.["argocd.argoproj.io/manifest-generate-paths"]).toBe(`/${folder}`);
    }
  });

  it("sync by themselves, heal, retry, and apply on the server", () => {
    for (const { kind, spec } of render(staging)) {
      if (kind !== "Application") continue;
      expect(spec.syncPolicy.automated.selfHeal).toBe(true);
      expect(spec.syncPolicy.retry.limit).toBeGreaterThan(0);
      expect(spec.syncPolicy.syncOptions).toEqual(
        expect.arrayContaining(["ServerSideApply=true", "PruneLast=true", "ApplyOutOfSyncOnly=true"]),
      );
    }
  });

  it("of services take their resources with them, those of the platform leave them to a person", () => {
    const manifests = render(staging);
    expect(named(manifests, "Application", "tasks").metadata.finalizers).toEqual([
      "resources-finalizer.argocd.argoproj.io/foreground",
    ]);
    for (const name of ["network-policies", "dapr", "cert-manager"])
      expect(named(manifests, "Application", name).metadata.finalizers).toBeUndefined();
  });

  it("never prune what a chart says must not be pruned", () => {
    class Claims extends ApplicationChart {
      constructor(app: App) {
        super(app, {
          context: contextOf(dev),
          application: "claims",
          origin: "environments.dev",
          wave: waves.stores,
          project: "todo",
          prune: false,
        });
      }
    }
    const { metadata, spec } = named(render(dev, [new Claims(new App())], []), "Application", "claims");
    expect(spec.syncPolicy.automated.prune).toBe(false);
    expect(metadata.finalizers).toBeUndefined();
  });

  it("let Dapr's operator write its namespace into the conversion webhook", () => {
    const { spec } = named(render(dev), "Application", "dapr");
    expect(spec.ignoreDifferences[0].jsonPointers).toEqual(["/spec/conversion/webhook/clientConfig/service/namespace"]);
    expect(spec.syncPolicy.syncOptions).toContain("RespectIgnoreDifferences=true");
  });

  it("are refused when two have one name", () => {
    const charts = ownCharts(dev);
    expect(() => render(dev, [...charts, ...charts.slice(0, 1)], [])).toThrow(/two Applications are called/);
  });

  it("put kinds before what uses them and secrets before what mounts them", () => {
    const wave = (name: string) =>
      Number(named(render(staging), "Application", name).metadata.annotations?.["argocd.argoproj.io/sync-wave"]);
    expect(wave("prometheus-operator-crds")).toBeLessThan(wave("cert-manager"));
    expect(wave("cert-manager")).toBeLessThan(wave("strimzi-kafka-operator"));
    for (const mounting of ["kube-prometheus-stack", "valkey"]) expect(wave(mounting)).toBeGreaterThan(waves.stores);
    expect(wave("kafka-ui")).toBeGreaterThan(waves.topics);
  });
});

describe("projects", () => {
  it.each(all)("of $name allow the product what its charts render and nothing cluster-wide", (environment) => {
    const { spec } = named(render(environment), "AppProject", `todo-${environment.name}`);
    expect(spec.sourceRepos).toEqual([environment.repository.url]);
    expect(spec.clusterResourceWhitelist).toEqual([]);
    const allowed = spec.namespaceResourceWhitelist.map(({ group, kind }: { group: string; kind: string }) =>
      group ? `${group}/${kind}` : kind,
    );
    expect(allowed).toEqual(expect.arrayContaining(["Service", "ServiceAccount", "apps/Deployment", "batch/Job"]));
    expect(allowed).not.toContain("Secret");
    expect(spec.destinations.map(({ namespace }: { namespace: string }) => namespace)).toContain("todo-apps");
  });

  it.each(all)(
    "of $name allow the platform the repositories it uses, its namespaces and named kinds",
    (environment) => {
      const manifests = render(environment);
      const { spec } = named(manifests, "AppProject", `platform-${environment.name}`);
      const inPlatform = manifests.filter(
        ({ kind, spec: of }) => kind === "Application" && of.project === `platform-${environment.name}`,
      );
      for (const { spec: of } of inPlatform) {
        expect(spec.sourceRepos).toContain(of.source.repoURL);
        expect(spec.destinations).toContainEqual(of.destination);
      }
      expect(JSON.stringify(spec)).not.toContain("*");
    },
  );

  it("refuse a cluster-wide kind in a chart of the product", () => {
    class Reaching extends ApplicationChart {
      constructor(app: App) {
        super(app, {
          context: contextOf(dev),
          application: "reaching",
          origin: "services.tasks",
          wave: waves.services,
          project: "todo",
        });
        customResource(
          this,
          "class",
          "gateway.networking.k8s.io/GatewayClass",
          { name: "mine" },
          {
            spec: { controllerName: "example.com/mine" },
          },
        );
      }
    }
    expect(() => render(dev, [new Reaching(new App())], [])).toThrow(
      /project todo make cluster-wide kinds: GatewayClass/,
    );
  });
});

describe("the root Application", () => {
  it("makes the Applications, keeps itself, and may make nothing else", () => {
    const manifests: Manifest[] = new RootChart(Testing.app(), contextOf(dev)).toJson();
    const { spec, metadata } = named(manifests, "Application", "root");
    expect(spec.sources.map(({ path }: { path: string }) => path)).toEqual([
      "gitops/dev/root",
      "gitops/dev/applications",
    ]);
    expect(metadata.annotations?.["argocd.argoproj.io/manifest-generate-paths"]).toBe(
      "/gitops/dev/root;/gitops/dev/applications",
    );
    const project = named(manifests, "AppProject", spec.project);
    expect(project.spec.destinations).toEqual([{ server: "https://kubernetes.default.svc", namespace: "argocd" }]);
    expect(project.spec.namespaceResourceWhitelist.map(({ kind }: { kind: string }) => kind)).toEqual([
      "AppProject",
      "Application",
    ]);
  });
});

describe("the health of an Application", () => {
  const scripts = argoHealthChecks["resource.customizations.health.argoproj.io_Application"];

  it("is never waited for by the root Application itself, which is one of its own resources", () => {
    const root: Manifest[] = new RootChart(Testing.app(), contextOf(dev)).toJson();
    const { metadata } = named(root, "Application", "root");
    expect(scripts).toContain(`if obj.metadata.name == "${metadata.name}" then\n  return { status = "Healthy"`);
  });
});

describe("which third-party charts an environment installs", () => {
  it("follows what the environment and its provider bring", () => {
    expect(installed(staging)).toEqual(expect.arrayContaining(["strimzi-kafka-operator", "cloudnative-pg", "valkey"]));
    expect(installed(gke)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(strimzi-kafka-operator|cloudnative-pg|valkey)$/)]),
    );
    const holders = (chart: string) => all.filter((environment) => installed(environment).includes(chart));
    expect(holders("metrics-server").map(({ name }) => name)).toEqual(["staging", "prod-oke", "prod-doks"]);
    expect(holders("tigera-operator").map(({ name }) => name)).toEqual(["prod-oke"]);
    expect(holders("external-dns").map(({ name }) => name)).toEqual(all.slice(1).map(({ name }) => name));
    expect(holders("keda").map(({ name }) => name)).toEqual(all.slice(1).map(({ name }) => name));
    expect(installed({ ...aks, provider: azure({ region: "r", tenantId: "t", clientId: "c" }) })).not.toContain(
      "external-dns",
    );
  });

  it("leaves out Envoy Gateway where the cluster has an Ingress controller, and points ExternalDNS at Ingresses", () => {
    const onIngress = { ...doks, gateway: ingress({ className: "nginx" }) };
    expect(installed(onIngress)).not.toEqual(expect.arrayContaining([expect.stringContaining("gateway")]));
    const dns = thirdPartyApplications(contextOf(onIngress)).find(({ name }) => name === "external-dns");
    expect(dns?.values.sources).toEqual(["ingress"]);
  });

  it("is a lean selection on one node, without what asks for memory and only convenience would miss", () => {
    const heavy = ["loki", "alloy", "jaeger", "opentelemetry-collector", "falco", "kafka-ui", "keda", "metrics-server"];
    for (const chart of heavy) {
      expect(installed(dev)).not.toContain(chart);
      expect(installed(oke)).toContain(chart);
    }
    expect(installed(dev)).toContain("kube-prometheus-stack");
  });

  it.each(all)("uses only values that the charts know in $name", (environment) => {
    const wrong = thirdPartyApplications(contextOf(environment)).flatMap(({ name, values }) =>
      unknownKeys(readKnownValues(name), values).map((key) => `${name}: ${key}`),
    );
    expect(wrong).toEqual([]);
  });

  it("never sends a secret through a value", () => {
    const texts = all.flatMap((environment) => JSON.stringify(thirdPartyApplications(contextOf(environment))));
    for (const text of texts) expect(text).not.toMatch(/(password|token|key)"\s*:\s*"(?=[^"]{16,}")[A-Za-z0-9+/=]+"/i);
  });
});

describe("notifications", () => {
  const values = notificationValues(dev) as {
    notifiers: Record<string, string>;
    templates: Record<string, string>;
    triggers: Record<string, string>;
  };

  it("send each outcome once for each revision", () => {
    for (const name of Object.keys(outcomes)) {
      const [condition, ...more] = JSON.parse(values.triggers[`trigger.on-${name}`] ?? "");
      expect(more).toEqual([]);
      expect(condition.oncePer).toBe("app.status.operationState?.syncResult?.revision");
      expect(condition.send).toEqual([name]);
      expect(Object.keys(values.templates)).toContain(`template.${name}`);
    }
  });

  it("dispatch to the repository of the environment, with application, revision and start", () => {
    const { webhook } = JSON.parse(values.templates["template.health-degraded"] ?? "");
    expect(webhook.github.path).toBe("/repos/example/todo-assistant/dispatches");
    const { event_type, client_payload } = JSON.parse(webhook.github.body);
    expect(event_type).toBe("argocd-degraded");
    expect(client_payload).toMatchObject({ environment: "dev", application: "{{ .app.metadata.name }}" });
    expect(Object.keys(client_payload)).toEqual(["application", "environment", "revision", "startedAt", "path"]);
  });

  it("take the token from the Secret", () => {
    expect(values.notifiers["service.webhook.github"]).toContain("Bearer $github-token");
  });

  it("are subscribed to by the product's Applications, and of the platform's only when they fail", () => {
    const subscribed = (name: string) =>
      Object.keys(named(render(dev), "Application", name).metadata.annotations ?? {})
        .filter((key) => key.startsWith("notifications.argoproj.io/"))
        .map((key) => key.replace("notifications.argoproj.io/subscribe.", ""));
    expect(subscribed("tasks")).toEqual(["on-deployed.github", "on-health-degraded.github", "on-sync-failed.github"]);
    expect(subscribed("edge")).toEqual(["on-health-degraded.github", "on-sync-failed.github"]);
    expect(subscribed("dapr")).toEqual([]);
  });

  it.each([
    ["https://github.com/example/todo.git", { api: "https://api.github.com", owner: "example", name: "todo" }],
    ["git@github.com:example/todo.git", { api: "https://api.github.com", owner: "example", name: "todo" }],
    ["https://git.example.com/a/b", { api: "https://git.example.com/api/v3", owner: "a", name: "b" }],
    ["https://gitlab.example.com/a/b/c.git", null],
  ])("know where %s is served", (url, repository) => {
    expect(gitHubRepository(url)).toEqual(repository);
  });
});

describe("values for the first installation of Argo CD", () => {
  it("hold nothing that a new cluster does not know, and the health checks that waves wait for", () => {
    const own = thirdPartyApplications(contextOf(staging)).find(({ name }) => name === "argo-cd");
    const values = bootstrapValues({ ...own?.values, priorityClassName: "platform" });
    const text = JSON.stringify(values);
    expect(text).not.toMatch(/"serviceMonitor":\{"enabled":true/);
    expect(text).not.toContain("priorityClassName");
    expect(values).toMatchObject({
      configs: {
        cm: { "resource.customizations.health.argoproj.io_Application": expect.stringContaining("Progressing") },
      },
    });
  });
});

describe("docs/bootstrap.md", () => {
  const text = readFileSync("docs/bootstrap.md", "utf8");

  it("installs the chart at its pinned version, from its pinned address", () => {
    const { repository, version } = chartPins["argo-cd"];
    expect(text).toContain(`${repository}/argo-cd --version ${version} `);
  });

  it("lists the waves in which something is rendered", () => {
    const rendered = all.flatMap((environment) =>
      render(environment).map(({ metadata }) => metadata.annotations?.["argocd.argoproj.io/sync-wave"]),
    );
    const listed = [...text.matchAll(/^\| (-?\d+) \|/gm)].map(([, wave]) => wave);
    expect(listed).toEqual(expect.arrayContaining([...new Set(rendered)]));
  });
});

describe("docs/environments.md", () => {
  it("lists which environment installs which chart, why, and what it asks of a small node", () => {
    const rows = readFileSync("docs/environments.md", "utf8")
      .split("\n")
      .filter((line) => /^\| [a-z]/.test(line) && !line.startsWith("| chart "));
    const small = platformInputs(dev);
    const applications = all.flatMap((environment) => thirdPartyApplications(contextOf(environment)));
    const reasons = new Map(applications.map(({ name, why }) => [name, why]));
    const expected = [...reasons].sort().map(([name, why]) => {
      const marks = all.map((environment) => (installed(environment).includes(name) ? " x " : "  ")).join("|");
      const pods = footprint(small, new Set([name]));
      const requested = pods.reduce((sum, { replicas, memory }) => sum + replicas * memory.mebibytes, 0);
      return `| ${name} |${marks}| ${requested} | ${why} |`;
    });
    expect(rows).toEqual(expected);
  });
});
