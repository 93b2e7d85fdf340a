import { describe, expect, test } from "@jest/globals";
import { DaprComponentsChart } from "#charts/dapr-components";
import { sidecarSecrets } from "#constructs/dapr-components";
import type { Manifest } from "#emit/document";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { aiven } from "#model/provider-services";
import { todo } from "#system";
import { at, contextOf, renderChart } from "#test/support/render-chart";

const { dev, staging } = environments;
const prodAks = environments["prod-aks"];
const prodGke = environments["prod-gke"];
const prodOke = environments["prod-oke"];

const render = (environment: Environment): Map<string, Manifest> =>
  renderChart((app) => new DaprComponentsChart(app, contextOf(environment)));

interface Entry {
  readonly name: string;
  readonly value?: string;
  readonly envRef?: string;
}

const metadata = (environment: Environment, component: string): Record<string, string> =>
  Object.fromEntries(
    (at(render(environment).get(`Component ${component}`), "spec.metadata") as Entry[]).map(
      ({ name, value, envRef }) => [name, envRef ? `$${envRef}` : (value ?? "")],
    ),
  );

const kafka = (environment: Environment) => metadata(environment, "pubsub-kafka-todo");

/** `a=x,y;b=` as Dapr reads it. */
const scoped = (text = ""): Record<string, string[]> =>
  Object.fromEntries(
    text.split(";").map((part) => {
      const [service = "", topics = ""] = part.split("=");
      return [service, topics.split(",").filter(Boolean)];
    }),
  );

const kafkaServices = ["gateway", "chat", "tasks", "recurring", "notifications", "audit", "realtime"];

describe("the pub/sub component", () => {
  test("is loaded by the services that publish or subscribe, and by nobody else", () => {
    expect(at(render(staging).get("Component pubsub-kafka-todo"), "scopes")).toEqual(kafkaServices);
  });

  test("lets each service publish what it declares, and each subscriber its dead letters", () => {
    const scopes = scoped(kafka(staging).publishingScopes);
    expect(Object.keys(scopes)).toEqual(kafkaServices);
    expect(scopes.gateway).toEqual(["user-events"]);
    expect(scopes.audit).toEqual(["dead-letters"]);
    expect(scopes.tasks).toEqual(["task-events", "task-updates", "reminders", "dead-letters"]);
  });

  test("names even a service that subscribes to nothing, so that it may subscribe to nothing", () => {
    const scopes = scoped(kafka(staging).subscriptionScopes);
    expect(Object.keys(scopes)).toEqual(kafkaServices);
    expect(scopes.gateway).toEqual([]);
    for (const [name, { subscribes }] of Object.entries(todo.services)) {
      if (name in scopes) expect(scopes[name]).toEqual([...subscribes]);
    }
  });

  test("knows the model's topics alone, and protects them all", () => {
    const { allowedTopics, protectedTopics } = kafka(staging);
    expect(allowedTopics?.split(",").sort()).toEqual(Object.keys(todo.topics).sort());
    expect(protectedTopics).toBe(allowedTopics);
  });

  test("shows brokers of ours the service's own certificate, and trusts the cluster's authority", () => {
    expect(kafka(staging)).toMatchObject({
      brokers: "todo-kafka-kafka-bootstrap.infra-services.svc.cluster.local:9093",
      authType: "mtls",
      caCert: "$KAFKA_CA_CERT",
      clientCert: "$KAFKA_CLIENT_CERT",
      clientKey: "$KAFKA_CLIENT_KEY",
      version: "4.2.0",
      initialOffset: "oldest",
    });
    expect(kafka(staging)).not.toHaveProperty("consumerID");
  });

  test("speaks Event Hubs' older protocol, with a user and a password", () => {
    expect(kafka(prodAks)).toMatchObject({
      brokers: "todo-prod.servicebus.windows.net:9093",
      authType: "password",
      saslMechanism: "PLAINTEXT",
      saslUsername: "$KAFKA_USERNAME",
      saslPassword: "$KAFKA_PASSWORD",
      version: "1.0.0",
    });
    expect(kafka(prodAks)).not.toHaveProperty("caCert");
  });

  test("spells SCRAM as Dapr does, and brings the project's authority", () => {
    const environment = { ...prodGke, kafka: aiven({ bootstrap: "kafka.example.com:12345" }) };
    expect(kafka(environment)).toMatchObject({ saslMechanism: "SHA-256", caCert: "$KAFKA_CA_CERT", version: "4.2.0" });
  });
});

describe("the sidecar's variables", () => {
  test.each(Object.values(environments))("in $name are exactly those that its components ask for", (environment) => {
    for (const [name, service] of Object.entries(todo.services)) {
      const wanted = [...render(environment).values()]
        .filter((manifest) => (manifest.scopes as string[] | undefined)?.includes(name))
        .flatMap((manifest) => (at(manifest, "spec.metadata") as Entry[]).flatMap(({ envRef }) => envRef ?? []));
      const given = sidecarSecrets(contextOf(environment), name, service)
        .split(",")
        .filter(Boolean)
        .map((entry) => entry.split("=")[0] ?? "");
      expect({ name, given: given.sort() }).toEqual({ name, given: wanted.sort() });
    }
  });

  test("never begin with the prefix that daprd keeps to itself", () => {
    expect(JSON.stringify([...render(staging).values()])).not.toContain('"envRef":"DAPR_');
  });

  test("take a service's Kafka identity from a Secret of its own", () => {
    expect(sidecarSecrets(contextOf(staging), "audit", todo.services.audit)).toBe(
      "KAFKA_CA_CERT=audit-kafka:ca.crt,KAFKA_CLIENT_CERT=audit-kafka:user.crt,KAFKA_CLIENT_KEY=audit-kafka:user.key",
    );
    expect(sidecarSecrets(contextOf(staging), "frontend", todo.services.frontend)).toBe("");
  });
});

describe("the state store", () => {
  test("is Valkey where stores run in the cluster, else PostgreSQL, for the services that keep state", () => {
    expect(at(render(dev).get("Component statestore"), "spec.type")).toBe("state.redis");
    expect(metadata(dev, "statestore")).toMatchObject({ enableTLS: "true", redisPassword: "$STATESTORE_PASSWORD" });
    expect(render(prodAks).get("Component statestore")).toMatchObject({
      spec: { type: "state.postgresql", version: "v2" },
      scopes: ["gateway", "realtime"],
    });
    expect(metadata(prodAks, "statestore")).toMatchObject({ connectionString: "$STATESTORE_CONNECTION" });
  });

  test("is not rendered where nobody keeps state", () => {
    const services = Object.fromEntries(
      Object.entries(todo.services).map(([name, service]) => [name, { ...service, stores: ["postgres"] }]),
    );
    const documents = renderChart(
      (app) => new DaprComponentsChart(app, contextOf(dev, { model: { ...todo, services } })),
    );
    expect(documents.has("Component statestore")).toBe(false);
    expect(documents.has("ExternalSecret statestore-credentials")).toBe(false);
  });
});

describe("the secret store", () => {
  test.each([
    [prodAks, "secretstores.azure.keyvault"],
    [prodGke, "secretstores.gcp.secretmanager"],
    [prodOke, "secretstores.kubernetes"],
    [staging, "secretstores.kubernetes"],
  ])("of $name is $1", (environment, type) => {
    expect(at(render(environment).get("Component secretstore-cloud"), "spec.type")).toBe(type);
  });

  test("names the vault, the project or the namespace, and no credential", () => {
    expect(metadata(prodAks, "secretstore-cloud")).toMatchObject({ vaultName: "todo-prod" });
    expect(metadata(prodGke, "secretstore-cloud")).toEqual({ project_id: "example-todo-prod" });
    expect(metadata(staging, "secretstore-cloud")).toEqual({ defaultNamespace: "todo-apps" });
  });

  test("is not loaded by a service without a secret", () => {
    expect(at(render(staging).get("Component secretstore-cloud"), "scopes")).not.toContain("frontend");
  });
});

test("a timer is an input of the one service that declares it", () => {
  expect(render(staging).get("Component reminder-sweep")).toMatchObject({
    spec: { type: "bindings.cron" },
    scopes: ["notifications"],
  });
  expect(metadata(staging, "reminder-sweep")).toEqual({
    schedule: "@every 1m",
    direction: "input",
    route: "/cron/reminder-sweep",
  });
});
