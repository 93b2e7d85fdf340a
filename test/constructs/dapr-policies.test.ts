import { describe, expect, test } from "@jest/globals";
import { daprPoliciesOf } from "#constructs/dapr-policies";
import { APP_HEALTH } from "#constructs/dapr-sidecar";
import { environments } from "#environments";
import { todo } from "#system";

const policies = (name: keyof typeof todo.services) => daprPoliciesOf(todo, environments.staging, name);

describe("the Dapr policies of a service", () => {
  test("let in exactly the declared callers", () => {
    const { accessControl } = policies("tasks").configuration;
    expect(accessControl?.defaultAction).toBe("deny");
    expect(
      accessControl?.policies?.map(({ appId, defaultAction, operations }) => [
        appId,
        defaultAction,
        operations?.map(({ name }) => name),
      ]),
    ).toEqual([
      ["gateway", "deny", ["/v1/**", "/mcp"]],
      ["chat", "deny", ["/v1/**", "/mcp"]],
      ["recurring", "deny", ["/internal/**"]],
      ["notifications", "deny", ["/internal/**"]],
    ]);
    expect(policies("recurring").configuration.accessControl?.policies).toEqual([]);
  });

  test("never let another service call an event, job or cron route", () => {
    for (const name of Object.keys(todo.services) as (keyof typeof todo.services)[]) {
      for (const { operations = [] } of policies(name).configuration.accessControl?.policies ?? []) {
        expect(
          operations.map((operation) => operation.name).filter((path) => /^\/(events|job|cron|\*)/.test(path)),
        ).toEqual([]);
      }
    }
  });

  test("open only the parts of Dapr's API that the entry asks for", () => {
    const apis = (name: keyof typeof todo.services) =>
      policies(name)
        .configuration.api?.allowed?.filter(({ protocol }) => protocol === "http")
        .map(({ name: api }) => api);
    expect(apis("frontend")).toEqual(["invoke", "metadata"]);
    expect(apis("notifications")).toEqual(["invoke", "publish", "secrets", "jobs", "metadata"]);
    expect(apis("realtime")).toEqual(["invoke", "state", "secrets", "metadata"]);
  });

  test("switch hot reload off everywhere", () => {
    for (const name of Object.keys(todo.services) as (keyof typeof todo.services)[]) {
      expect(policies(name).configuration.features).toContainEqual({ name: "HotReload", enabled: false });
    }
  });

  test("let a service read its own secrets and no others", () => {
    expect(policies("notifications").configuration.secrets?.scopes).toEqual([
      {
        storeName: "secretstore-cloud",
        defaultAccess: "deny",
        allowedSecrets: ["notifications-database", "smtp-url", "webhook-signing-key"],
      },
    ]);
    expect(policies("frontend").configuration.secrets?.scopes).toEqual([
      { storeName: "secretstore-cloud", defaultAccess: "deny" },
    ]);
  });

  test("retry what may be repeated, and never time out a stream", () => {
    expect(policies("gateway").resiliency.targets.apps).toEqual({
      tasks: { timeout: "call", retry: "idempotentCall" },
      chat: {},
      notifications: { timeout: "call", retry: "idempotentCall" },
      audit: { timeout: "call", retry: "idempotentCall" },
      realtime: { timeout: "call", retry: "idempotentCall" },
    });
  });

  test("break no circuit for apps and none inbound, where one user's bad requests would count", () => {
    for (const name of Object.keys(todo.services) as (keyof typeof todo.services)[]) {
      const { targets } = policies(name).resiliency;
      for (const app of Object.values(targets.apps ?? {})) expect(app.circuitBreaker).toBeUndefined();
      for (const component of Object.values(targets.components ?? {}))
        expect(component.inbound?.circuitBreaker).toBeUndefined();
    }
  });

  test("retry every delivery before it becomes a dead letter, and route every event", () => {
    for (const [name, service] of Object.entries(todo.services)) {
      const { resiliency, subscriptions } = policies(name as keyof typeof todo.services);
      expect([...subscriptions.keys()]).toEqual(service.subscribes);
      for (const [topic, subscription] of subscriptions) {
        expect(subscription).toMatchObject({
          routes: { default: `/events/${topic}` },
          deadLetterTopic: "dead-letters",
        });
        expect(resiliency.targets.components?.["pubsub-kafka-todo"]?.inbound?.retry).toBe("delivery");
      }
    }
  });

  test("retry deliveries for longer than daprd takes to find out that the app is away, however the pauses fall", () => {
    const delivery = policies("audit").resiliency.policies?.retries?.delivery;
    expect(delivery).toMatchObject({ policy: "exponential", maxInterval: "15s" });
    // Dapr begins with 0.5 s, takes one and a half times as long each time, and up to half of it off.
    const pauses = Array.from(
      { length: delivery?.maxRetries ?? 0 },
      (_, retry) => Math.min(15, 0.5 * 1.5 ** retry) / 2,
    );
    const shortest = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(shortest).toBeGreaterThan((APP_HEALTH.threshold + 1) * APP_HEALTH.intervalSeconds);
  });

  test("refuse a service that nobody declared", () => {
    expect(() => daprPoliciesOf(todo, environments.dev, "nobody")).toThrow('no service "nobody" is declared');
  });
});
