import { describe, expect, test } from "@jest/globals";
import { SchemaRegistryChart } from "#charts/schema-registry";
import { eventJsonSchema } from "#contracts/events/index";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { eventTopics } from "#model/system";
import { todo } from "#system";
import { at, contextOf, renderChart } from "#test/support/render-chart";
import { fields, list } from "#test/support/secrets-in-use";

const render = (environment: Environment = environments.staging) =>
  renderChart((app) => new SchemaRegistryChart(app, contextOf(environment)));
const pod = (kindAndName: string, environment?: Environment) =>
  at(render(environment).get(kindAndName), "spec.template.spec");

describe("the registration of schemas", () => {
  test("mounts every event of every topic as <topic>/<type>.json", () => {
    const [, volume] = list(at(pod("Job schema-registration"), "volumes"));
    const paths = list(at(volume, "projected.sources")).flatMap(({ configMap }) =>
      list(fields(configMap).items).map(({ path }) => path),
    );
    expect(paths).toEqual(
      eventTopics(todo).flatMap(([topic, { events }]) => events.types.map((type) => `${topic}/${type}.json`)),
    );
  });

  test("registers the schemas that services validate with", () => {
    for (const [topic, { events }] of eventTopics(todo)) {
      const data = fields(at(render().get(`ConfigMap schemas-${topic}`), "data")) as Record<string, string>;
      for (const type of events.types) {
        expect(JSON.parse(data[`${type}.json`] ?? "")).toEqual(eventJsonSchema(events, type));
      }
      expect(Object.keys(data)).toHaveLength(events.types.length);
    }
  });

  test("runs on each sync once the registry is there, from our own image", () => {
    const job = render().get("Job schema-registration");
    const annotations = fields(at(job, "metadata.annotations"));
    const registry = fields(at(render().get("Deployment schema-registry"), "metadata.annotations"));
    const wave = "argocd.argoproj.io/sync-wave";
    expect(annotations).toMatchObject({
      "argocd.argoproj.io/hook": "Sync",
      "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
    });
    expect(Number(annotations[wave])).toBeGreaterThan(Number(registry[wave]));
    expect(at(pod("Job schema-registration"), "containers.0.image")).toBe("ghcr.io/example/todo/tools:unreleased");
  });

  test("goes to the address of the registry's Service", () => {
    const service = render().get("Service schema-registry");
    const [, , url] = list(at(pod("Job schema-registration"), "containers.0.env"));
    const { port } = list(at(service, "spec.ports"))[0] ?? {};
    expect(url).toEqual({
      name: "REGISTRY_URL",
      value: `http://${service?.metadata.name}.${service?.metadata.namespace}.svc.cluster.local:${port}`,
    });
  });

  test("carries the label by which policies let it reach the registry", () => {
    expect(at(render().get("Job schema-registration"), "spec.template.metadata.labels")).toMatchObject({
      "app.kubernetes.io/part-of": "todo",
      "app.kubernetes.io/component": "schema-registration",
    });
  });
});

describe("the registry", () => {
  test.each(["Deployment schema-registry", "Job schema-registration"])(
    "%s is as restricted as a service, though its namespace does not ask for it",
    (name) => {
      const spec = pod(name);
      expect(at(spec, "automountServiceAccountToken")).toBe(false);
      expect(at(spec, "securityContext")).toMatchObject({ runAsNonRoot: true, runAsUser: 10_001 });
      for (const container of list(at(spec, "containers"))) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(Object.keys(fields(at(container, "resources.limits")))).toEqual(
          expect.arrayContaining(["cpu", "memory", "ephemeral-storage"]),
        );
      }
    },
  );

  test("has its password in a file, not in its environment", () => {
    const variables = list(at(pod("Deployment schema-registry"), "containers.0.env"));
    expect(variables.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
    const file = variables.find(({ name }) => name === "SMALLRYE_CONFIG_LOCATIONS")?.value;
    expect(file).toBe("/var/run/todo/registry/application.properties");
    const text = at(render().get("ExternalSecret schema-registry-database"), "spec.target.template.data");
    expect(fields(text)["application.properties"]).toContain("apicurio.datasource.password={{ .password }}\n");
  });

  test.each([
    [environments.staging, "todo-postgres-rw.infra-services.svc.cluster.local:5432"],
    [environments["prod-doks"], "todo-prod.db.ondigitalocean.com:25060"],
  ])(
    "of $name keeps its schemas in PostgreSQL, in a schema of its own, verifying the server",
    (environment, address) => {
      const text = at(render(environment).get("ExternalSecret schema-registry-database"), "spec.target.template.data");
      expect(fields(text)["application.properties"]).toContain(
        `apicurio.datasource.url=jdbc:postgresql://${address}/todo?sslmode=verify-full&sslrootcert=/var/run/todo/database-ca/ca.crt&currentSchema=schema_registry\n`,
      );
    },
  );

  test("has two replicas and a budget, except on a single node", () => {
    expect(at(render().get("Deployment schema-registry"), "spec.replicas")).toBe(2);
    expect(render().has("PodDisruptionBudget schema-registry")).toBe(true);
    expect(at(render(environments.dev).get("Deployment schema-registry"), "spec.replicas")).toBe(1);
    expect(render(environments.dev).has("PodDisruptionBudget schema-registry")).toBe(false);
  });
});
