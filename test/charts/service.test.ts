import { describe, expect, test } from "@jest/globals";
import { ServiceChart } from "#charts/service";
import type { Manifest } from "#emit/document";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import type { AnyService } from "#model/service";
import { todo } from "#system";
import { at, contextOf, renderChart } from "#test/support/render-chart";

const { dev, staging } = environments;
const prodAks = environments["prod-aks"];

function render(
  name: keyof typeof todo.services,
  environment: Environment = staging,
  changes: Partial<AnyService> = {},
): Map<string, Manifest> {
  const service: AnyService = { ...todo.services[name], ...changes };
  return renderChart((app) => new ServiceChart(app, contextOf(environment), { name, service }));
}

const pod = (documents: Map<string, Manifest>, name: string, path: string): unknown =>
  at(documents.get(`Deployment ${name}`), `spec.template.${path}`);
const annotation = (documents: Map<string, Manifest>, name: string, key: string): unknown =>
  (pod(documents, name, "metadata.annotations") as Record<string, string>)[key];

describe("a service's chart", () => {
  test("holds everything the service needs and nothing it did not ask for", () => {
    expect([...render("tasks").keys()].sort()).toEqual([
      "Configuration tasks",
      "Deployment tasks",
      "ExternalSecret tasks-app-api-token",
      "ExternalSecret tasks-dapr-api-token",
      "ExternalSecret tasks-database",
      "ExternalSecret tasks-kafka",
      "Job tasks-migration",
      "PodDisruptionBudget tasks",
      "PodMonitor tasks-dapr",
      "Resiliency tasks",
      "Role tasks-secrets",
      "RoleBinding tasks-secrets",
      "ScaledObject tasks",
      "Service tasks",
      "ServiceAccount tasks",
      "ServiceMonitor tasks",
      "Subscription tasks-reminders",
      "Subscription tasks-user-events",
    ]);
    const frontend = [...render("frontend").keys()];
    expect(frontend).not.toContain("Job frontend-migration");
    expect(frontend).not.toContain("Role frontend-secrets");
    expect(frontend).toContain("HorizontalPodAutoscaler frontend");
  });

  test("gives Node a heap that fits the memory limit", () => {
    for (const environment of [dev, staging]) {
      const documents = render("audit", environment);
      const options = (pod(documents, "audit", "spec.containers.0.env") as { name: string; value: string }[]).find(
        ({ name }) => name === "NODE_OPTIONS",
      );
      expect(pod(documents, "audit", "spec.containers.0.resources.limits.memory")).toBe("256Mi");
      expect(options?.value).toBe("--max-old-space-size=128 --max-semi-space-size=8");
    }
  });

  test("prepares no statement behind a provider's pooler, of which nobody knows whether it follows", () => {
    const variables = (environment: Environment) =>
      (pod(render("tasks", environment), "tasks", "spec.containers.0.env") as { name: string; value: string }[]).filter(
        ({ name }) => name === "DATABASE_PREPARED_STATEMENTS",
      );
    expect(variables(staging)).toEqual([]);
    expect(variables(environments["prod-gke"])).toEqual([]);
    expect(variables(prodAks)).toEqual([{ name: "DATABASE_PREPARED_STATEMENTS", value: "false" }]);
  });

  test("runs one replica without autoscaler and budget on a single node", () => {
    const documents = render("tasks", dev);
    expect(at(documents.get("Deployment tasks"), "spec.replicas")).toBe(1);
    expect(documents.has("ScaledObject tasks")).toBe(false);
    expect(documents.has("PodDisruptionBudget tasks")).toBe(false);
  });

  test("leaves the number of replicas to the autoscaler", () => {
    expect(at(render("tasks").get("Deployment tasks"), "spec")).not.toHaveProperty("replicas");
  });

  test("gives subscribers to KEDA with a lag trigger per topic, others to an HPA", () => {
    const triggers = at(render("audit").get("ScaledObject audit"), "spec.triggers") as {
      type: string;
      metadata: Record<string, string>;
    }[];
    expect(triggers.map(({ type, metadata }) => metadata.topic ?? type)).toEqual([
      "cpu",
      "memory",
      "task-events",
      "reminders",
      "chat-events",
      "user-events",
    ]);
    expect(triggers.filter(({ type }) => type === "cpu")[0]?.metadata).toEqual({ value: "70", containerName: "audit" });
    expect(render("audit").has("HorizontalPodAutoscaler audit")).toBe(false);
    const metrics = at(render("frontend").get("HorizontalPodAutoscaler frontend"), "spec.metrics") as {
      containerResource: object;
    }[];
    expect(metrics.map(({ containerResource }) => containerResource)).toMatchObject([
      { container: "frontend", name: "cpu", target: { averageUtilization: 70 } },
      { container: "frontend", name: "memory", target: { averageUtilization: 70 } },
    ]);
  });

  test("never scales a pure consumer beyond the partitions of its largest topic", () => {
    expect(
      at(
        render("recurring", staging, { scale: { min: 2, max: 50 } }).get("ScaledObject recurring"),
        "spec.maxReplicaCount",
      ),
    ).toBe(6);
    expect(
      at(render("audit", staging, { scale: { min: 2, max: 9 } }).get("ScaledObject audit"), "spec.maxReplicaCount"),
    ).toBe(9);
  });

  test("outlives the drain with the pod's grace period", () => {
    for (const [name, service] of Object.entries(todo.services)) {
      const grace = pod(
        render(name as keyof typeof todo.services),
        name,
        "spec.terminationGracePeriodSeconds",
      ) as number;
      expect(grace).toBeGreaterThan(service.drain.milliseconds / 1000 + 10);
    }
  });

  test("brings every secret as a file and none as a variable", () => {
    for (const name of Object.keys(todo.services)) {
      const variables = pod(render(name as keyof typeof todo.services), name, "spec.containers.0.env") as object[];
      for (const variable of variables) expect(variable).not.toHaveProperty("valueFrom");
    }
  });

  test("spreads over zones where nodes have them, over hosts everywhere but on a single node", () => {
    const keys = (environment: Environment): string[] =>
      (pod(render("tasks", environment), "tasks", "spec.topologySpreadConstraints") as { topologyKey: string }[]).map(
        ({ topologyKey }) => topologyKey,
      );
    expect(keys(prodAks)).toEqual(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
    expect(keys(staging)).toEqual(["kubernetes.io/hostname"]);
    expect(pod(render("tasks", dev), "tasks", "spec")).not.toHaveProperty("topologySpreadConstraints");
  });

  test("federates with the cloud's identity where there is one", () => {
    expect(at(render("chat", prodAks).get("ServiceAccount chat"), "metadata.annotations")).toHaveProperty([
      "azure.workload.identity/client-id",
    ]);
    expect(pod(render("chat", prodAks), "chat", "metadata.labels")).toHaveProperty(
      ["azure.workload.identity/use"],
      "true",
    );
    expect(
      at(render("chat", environments["prod-gke"]).get("ServiceAccount chat"), "metadata.annotations"),
    ).toHaveProperty(["iam.gke.io/gcp-service-account"], "chat@example-todo-prod.iam.gserviceaccount.com");
  });

  test("gives only the sidecar a token, and only where secrets come from Kubernetes", () => {
    expect(annotation(render("chat"), "chat", "dapr.io/volume-mounts")).toBe(
      "secret-store-token:/var/run/secrets/kubernetes.io/serviceaccount",
    );
    expect(pod(render("chat"), "chat", "spec.containers.0.volumeMounts")).not.toContainEqual(
      expect.objectContaining({ name: "secret-store-token" }),
    );
    expect(at(render("chat").get("Role chat-secrets"), "rules")).toEqual([
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["chat-database", "openai-api-key"], verbs: ["get"] },
    ]);
    expect(render("chat", prodAks).has("Role chat-secrets")).toBe(false);
    expect(annotation(render("chat", prodAks), "chat", "dapr.io/volume-mounts")).toBeUndefined();
  });

  test("has Valkey's certificate verified, without what the injector takes for Windows", () => {
    expect(annotation(render("gateway"), "gateway", "dapr.io/env")).toBe(
      "SSL_CERT_FILE=/var/run/todo/statestore-ca/ca.crt",
    );
    expect(annotation(render("gateway"), "gateway", "dapr.io/volume-mounts")).toMatch(
      /(^|,)statestore-ca:\/var\/run\/todo\/statestore-ca(,|$)/,
    );
    expect(annotation(render("gateway", prodAks), "gateway", "dapr.io/env")).toBeUndefined();
    expect(annotation(render("tasks"), "tasks", "dapr.io/env")).toBeUndefined();
  });

  test("passes on the settings of its environment", () => {
    const settings = { chat: { LLM_BASE_URL: "https://api.openai.com/v1", LLM_MODEL: "a-model" } };
    const variables = (name: "chat" | "tasks") =>
      pod(render(name, { ...dev, settings }, {}), name, "spec.containers.0.env");
    expect(variables("chat")).toContainEqual({ name: "LLM_MODEL", value: "a-model" });
    expect(variables("tasks")).toEqual(pod(render("tasks", dev), "tasks", "spec.containers.0.env"));
  });

  test("hands the sidecar its own Kafka identity", () => {
    expect(annotation(render("audit"), "audit", "dapr.io/env-from-secret")).toBe(
      "KAFKA_CA_CERT=audit-kafka:ca.crt,KAFKA_CLIENT_CERT=audit-kafka:user.crt,KAFKA_CLIENT_KEY=audit-kafka:user.key",
    );
    expect(annotation(render("audit", prodAks), "audit", "dapr.io/env-from-secret")).toBe(
      "KAFKA_USERNAME=audit-kafka:username,KAFKA_PASSWORD=audit-kafka:password",
    );
    expect(annotation(render("frontend"), "frontend", "dapr.io/env-from-secret")).toBeUndefined();
  });

  test("replaces the pods when a policy changes, and only then", () => {
    const checksum = (changes: Partial<AnyService>): unknown =>
      annotation(render("chat", staging, changes), "chat", "todo.dev/dapr-policy-checksum");
    const before = checksum({});
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    expect(checksum({ purpose: "something else" })).toBe(before);
    const model = { ...todo, services: { ...todo.services, chat: { ...todo.services.chat, secrets: [] } } };
    const changed = renderChart(
      (app) => new ServiceChart(app, contextOf(staging, { model }), { name: "chat", service: model.services.chat }),
    );
    expect(annotation(changed, "chat", "todo.dev/dapr-policy-checksum")).not.toBe(before);
  });

  test("pins the image by digest once there is one", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const images = { tasks: { tag: "1.2.3", digest } };
    const documents = renderChart(
      (app) => new ServiceChart(app, contextOf(staging, { images }), { name: "tasks", service: todo.services.tasks }),
    );
    expect(pod(documents, "tasks", "spec.containers.0.image")).toBe(`ghcr.io/example/todo/tasks:1.2.3@${digest}`);
    expect(pod(render("tasks"), "tasks", "spec.containers.0.image")).toBe("ghcr.io/example/todo/tasks:unreleased");
  });
});
