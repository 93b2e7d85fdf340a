import { describe, expect, test } from "@jest/globals";
import { App } from "cdk8s";
import { chartsOf } from "#charts/index";
import { thirdPartyApplications } from "#charts/third-party/index";
import type { Manifest } from "#emit/document";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { doks, kind } from "#model/provider";
import { aiven, strimzi } from "#model/provider-services";
import { gibibytes } from "#model/quantities";
import { daprReadsVault, secretCatalogue } from "#model/secret-catalogue";
import { todo } from "#system";
import { contextOf } from "#test/support/render-chart";
import { deep, fields, list, remotes, secretsMade, secretUses } from "#test/support/secrets-in-use";

const render = (environment: Environment): Manifest[] =>
  chartsOf(new App(), contextOf(environment)).flatMap((chart) => chart.toJson() as Manifest[]);

/** The six, and two that none of them is: brokers with a private authority, and images that must be pulled with a secret. */
const cases: readonly (readonly [string, Environment])[] = [
  ...Object.entries(environments),
  [
    "with Aiven",
    { ...environments["prod-doks"], name: "aiven", kafka: aiven({ bootstrap: "kafka.example.com:21701" }) },
  ],
  ["with a pull secret", { ...environments.staging, name: "private", pullSecret: "registry-login" }],
];

describe.each(cases)("secrets of %s", (_name, environment) => {
  const manifests = render(environment);
  const of = (wanted: string): Manifest[] => manifests.filter(({ kind: each }) => each === wanted);
  const catalogue = new Map(secretCatalogue(todo, environment).map((entry) => [entry.name, entry]));

  test("are made, each with every key that a pod, a sidecar or an operator reads", () => {
    const made = secretsMade(manifests);
    const uses = secretUses(manifests);
    const broken = uses.filter(({ namespace, secret, keys }) => {
      const there = made.get(`${namespace}/${secret}`);
      return there === undefined || (there !== null && !keys.every((key) => there.includes(key)));
    });
    expect(uses.length).toBeGreaterThan(40);
    expect(broken).toEqual([]);
  });

  test("that Helm charts mount are made where they run", () => {
    const made = secretsMade(manifests);
    const installed = new Map(thirdPartyApplications(contextOf(environment)).map((each) => [each.name, each.values]));
    const needed = [
      ...(installed.has("kube-prometheus-stack") ? ["monitoring/grafana-admin"] : []),
      ...(deep(installed.get("kube-prometheus-stack"), "alertmanager", "enabled") === false
        ? []
        : ["monitoring/alertmanager-receivers"]),
      ...(installed.has("valkey") ? ["infra-services/valkey-users", "infra-services/valkey-tls"] : []),
      ...(installed.has("external-dns") && environment.provider.kind === "doks" ? ["external-dns/external-dns"] : []),
      ...list(deep(installed.get("kafka-ui"), "volumes")).flatMap(({ secret }) =>
        secret ? [`infra-services/${fields(secret).secretName}`] : [],
      ),
      ...Object.values(fields(deep(installed.get("kafka-ui"), "envs", "secretMappings"))).map(
        (mapping) => `infra-services/${fields(mapping).name}`,
      ),
    ];
    expect(needed.filter((name) => !made.has(name))).toEqual([]);
  });

  test("come from what the catalogue says is there, and the catalogue asks for nothing that nobody reads", () => {
    const source = remotes(manifests).filter(({ store }) => store === "todo-secrets");
    const unknown = source.filter(({ secret, key }) => {
      const entry = catalogue.get(secret);
      return !entry || (key !== undefined && !entry.keys.includes(key));
    });
    expect(unknown).toEqual([]);
    const read = new Set(source.map(({ secret }) => secret));
    const byDapr = daprReadsVault(environment) ? Object.keys(todo.secrets) : [];
    expect([...catalogue.keys()].filter((name) => !read.has(name) && !byDapr.includes(name))).toEqual([]);
  });

  test("are copied only into namespaces that their store admits, by an account that may read only them", () => {
    const stores = new Map(of("ClusterSecretStore").map((store) => [store.metadata.name, store.spec]));
    for (const { store, namespace, secret, by } of remotes(manifests)) {
      const spec = stores.get(store);
      const admitted = list(deep(spec, "conditions")).flatMap(({ namespaces }) => namespaces as string[]);
      expect([by, admitted]).toEqual([by, expect.arrayContaining([namespace])]);
      const remote = deep(spec, "provider", "kubernetes", "remoteNamespace");
      if (remote === undefined) continue;
      const account = String(deep(spec, "provider", "kubernetes", "auth", "serviceAccount", "name"));
      const role = of("Role").find(({ metadata }) => metadata.name === account && metadata.namespace === remote);
      const [rule] = list((role as { rules?: unknown } | undefined)?.rules);
      expect(rule).toEqual({
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: expect.arrayContaining([secret]),
        verbs: ["get"],
      });
    }
  });

  test("are no other service's", () => {
    const owned = (service: string) =>
      new Set([
        ...secretUses(manifests.filter(({ metadata }) => [service, `${service}-migration`].includes(metadata.name)))
          .map(({ secret }) => secret)
          .filter((secret) => secret !== environment.pullSecret),
        ...of("Role")
          .filter(({ metadata }) => metadata.name === `${service}-secrets`)
          .flatMap((role) =>
            list((role as { rules?: unknown }).rules).flatMap((rule) => rule.resourceNames as string[]),
          ),
      ]);
    // Both keep state in one store, under keys with their own name in front.
    const shared = new Set(["statestore-credentials"]);
    const names = Object.keys(todo.services);
    for (const one of names) {
      for (const other of names) {
        if (one >= other) continue;
        expect([one, other, [...owned(one)].filter((name) => owned(other).has(name) && !shared.has(name))]).toEqual([
          one,
          other,
          [],
        ]);
      }
    }
  });

  test("of a service are copied from that service's own, and from authorities", () => {
    for (const service of Object.keys(todo.services)) {
      const foreign = remotes(manifests)
        .filter(({ namespace, by }) => namespace === "todo-apps" && by.startsWith(`${service}-`))
        .map(({ secret }) => secret)
        .filter((secret) => secret !== service && !secret.startsWith(`${service}-`));
      expect(foreign.filter((secret) => !/(-ca|-ca-cert)$/.test(secret))).toEqual([]);
    }
  });

  test("exist before the migrations and pods that mount them", () => {
    const wave = ({ metadata }: Manifest) => Number(fields(metadata.annotations)["argocd.argoproj.io/sync-wave"]);
    const late = of("ExternalSecret").filter((each) => each.metadata.namespace === "todo-apps" && wave(each) >= 0);
    expect(late).toEqual([]);
  });
});

describe("the source of secrets", () => {
  const provider = (name: keyof typeof environments) =>
    deep(
      render(environments[name]).find(({ metadata }) => metadata.name === "todo-secrets")?.spec,
      "provider",
    ) as Record<string, unknown>;

  test("is opened with each cloud's own workload identity", () => {
    const reader = { name: "secret-reader", namespace: "external-secrets" };
    expect(provider("prod-aks")).toEqual({
      azurekv: expect.objectContaining({ authType: "WorkloadIdentity", serviceAccountRef: reader }),
    });
    expect(provider("prod-gke")).toEqual({
      gcpsm: { projectID: "example-todo-prod", auth: { workloadIdentity: { serviceAccountRef: reader } } },
    });
    expect(provider("prod-oke")).toEqual({
      oracle: expect.objectContaining({ principalType: "Workload", serviceAccountRef: reader }),
    });
  });

  test.each(["dev", "staging", "prod-doks"] as const)("of %s is a namespace of the cluster", (name) => {
    expect(Object.keys(provider(name))).toEqual(["kubernetes"]);
    expect(deep(provider(name), "kubernetes", "remoteNamespace")).toBe("infra-secrets");
  });

  test.each([
    ["prod-aks", "azure.workload.identity/client-id"],
    ["prod-gke", "iam.gke.io/gcp-service-account"],
  ] as const)("of %s is read by an account that the cloud knows", (name, annotation) => {
    const account = render(environments[name]).find(
      ({ kind: each, metadata }) => each === "ServiceAccount" && metadata.name === "secret-reader",
    );
    expect(account?.metadata.annotations).toHaveProperty([annotation]);
  });

  test("is refused where source and cloud do not belong together", () => {
    const wrong = { ...environments["prod-aks"], provider: doks({ region: "fra1" }) };
    expect(() => render(wrong)).toThrow(/takes its secrets from key-vault on doks/);
  });
});

describe("a service's database secret", () => {
  const secret = (environment: Environment) =>
    render(environment).find(
      ({ kind: each, metadata }) => each === "ExternalSecret" && metadata.name === "tasks-database",
    )?.spec;

  test("leads through the pooler and past it, verifying the server's name", () => {
    const template = fields(deep(secret(environments.staging), "target", "template", "data"));
    const url = (host: string) =>
      `postgresql://tasks:{{ .password | urlquery }}@${host}.infra-services.svc.cluster.local:5432/todo?sslmode=verify-full&sslrootcert=/var/run/todo/database-ca/ca.crt`;
    expect(template).toEqual({
      url: url("todo-postgres-pooler"),
      "direct-url": url("todo-postgres-rw"),
      "ca.crt": "{{ .ca }}",
    });
  });

  test("comes whole out of a vault that the sidecar reads as well", () => {
    const spec = secret(environments["prod-aks"]);
    expect(deep(spec, "target", "template")).toBeUndefined();
    expect(list(deep(spec, "data")).map(({ secretKey }) => secretKey)).toEqual(["url", "direct-url", "ca.crt"]);
    const entry = secretCatalogue(todo, environments["prod-aks"]).find(({ name }) => name === "tasks-database");
    expect(entry?.generate?.(() => "made")).toMatchObject({
      password: "made",
      url: expect.stringMatching(/^postgresql:\/\/tasks:made@todo-prod\.postgres\.database\.azure\.com:6432\/todo\?/),
    });
  });
});

describe("the state store's secret", () => {
  const pod = (environment: Environment) =>
    deep(
      render(environment).find(({ kind: each, metadata }) => each === "Deployment" && metadata.name === "realtime")
        ?.spec,
      "template",
    );

  test("names a CA that the sidecar mounts, where state is kept in PostgreSQL", () => {
    const mounts = deep(pod(environments["prod-aks"]), "metadata", "annotations", "dapr.io/volume-mounts");
    expect(mounts).toBe("statestore-ca:/var/run/todo/database-ca");
    expect(list(deep(pod(environments["prod-aks"]), "spec", "volumes")).map(({ name }) => name)).toContain(
      "statestore-ca",
    );
  });

  test("holds the authority of Valkey's certificate, which Dapr verifies", () => {
    const documents = render(environments.staging);
    const spec = documents.find(
      ({ kind: each, metadata }) => each === "ExternalSecret" && metadata.name === "statestore-credentials",
    )?.spec;
    expect(list(deep(spec, "data"))).toContainEqual(
      expect.objectContaining({
        secretKey: "ca.crt",
        remoteRef: expect.objectContaining({ key: "valkey-tls", property: "ca.crt" }),
      }),
    );
    const role = documents.find(
      ({ kind: each, metadata: { name, namespace } }) =>
        each === "Role" && name === "secret-reader" && namespace === "infra-services",
    );
    expect(JSON.stringify(role)).toContain('"valkey-tls"');
    const mounts = deep(pod(environments.staging), "metadata", "annotations", "dapr.io/volume-mounts");
    expect(mounts).toMatch(/(^|,)statestore-ca:\/var\/run\/todo\/statestore-ca(,|$)/);
  });
});

describe("secrets that nobody has to give", () => {
  test("leave no degraded ExternalSecret behind when they are missing", () => {
    const optional = render(environments.dev).filter(({ spec }) => deep(spec, "target", "deletionPolicy") === "Delete");
    expect(optional.map(({ metadata }) => metadata.name).sort()).toEqual([
      "argocd-notifications-secret",
      "oidc-client",
      "openai-api-key",
      "smtp-url",
    ]);
    expect(optional.every(({ spec }) => deep(spec, "dataFrom") !== undefined)).toBe(true);
  });
});

test("operators' secrets need no store where no operator makes any", () => {
  const managed = render(environments["prod-aks"]);
  expect(managed.some(({ metadata }) => metadata.name === "operator-secrets")).toBe(false);
  const small = { brokers: 1, storage: gibibytes(5), heap: gibibytes(1), memory: gibibytes(2) };
  const own = render({ ...environments.dev, name: "own", provider: kind(), kafka: strimzi(small) });
  expect(own.some(({ metadata }) => metadata.name === "operator-secrets")).toBe(true);
});
