import { describe, expect, test } from "@jest/globals";
import { at, listAt, quantity, textsAt } from "#checks/read";
import { rules } from "#checks/rules";
import { violationsOf } from "#checks/run";
import type { Manifest } from "#emit/document";
import { renderingOf } from "./support.ts";

describe("reading manifests", () => {
  test("finds nothing where there is nothing", () => {
    for (const value of [undefined, null, 1, "text", [], [[]], { a: null }]) {
      expect(at(value, "a", "b", "c")).toBeUndefined();
      expect(listAt(value, "a", "b")).toEqual([]);
      expect(textsAt(value, "a")).toEqual([]);
    }
  });

  test.each([
    ["250m", 0.25],
    ["2", 2],
    [3, 3],
    ["1.5", 1.5],
    ["192Mi", 192 * 2 ** 20],
    ["1Gi", 2 ** 30],
    ["1k", 1000],
  ])("takes %p for %p", (text, number) => {
    expect(quantity(text)).toBe(number);
  });

  test.each(["much", "1 Gi", "-1", "1Xi", "", undefined, null, {}])("takes %p for no quantity", (value) => {
    expect(quantity(value)).toBeNaN();
  });

  test("never fails, whatever a document holds", () => {
    const kinds = [
      "Application",
      "AppProject",
      "Certificate",
      "Cluster",
      "ClusterIssuer",
      "ClusterRole",
      "Component",
      "ConfigMap",
      "Configuration",
      "CronJob",
      "DaemonSet",
      "Deployment",
      "EnvoyProxy",
      "ExternalSecret",
      "Gateway",
      "GatewayClass",
      "HTTPRoute",
      "HorizontalPodAutoscaler",
      "Ingress",
      "Job",
      "Kafka",
      "KafkaNodePool",
      "KafkaTopic",
      "KafkaUser",
      "LimitRange",
      "Namespace",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "PodMonitor",
      "Pooler",
      "Resiliency",
      "ResourceQuota",
      "Role",
      "RoleBinding",
      "ScaledObject",
      "Secret",
      "Service",
      "ServiceMonitor",
      "StatefulSet",
      "Subscription",
      "TriggerAuthentication",
    ];
    const shapes = [
      undefined,
      null,
      "text",
      1,
      [],
      {},
      { template: null, rules: [null], source: { chart: "dapr" }, triggers: [1] },
    ];
    for (const spec of shapes) {
      const manifests = kinds.map(
        (kind) =>
          ({
            apiVersion: "v1",
            kind,
            metadata: { name: "x", labels: "none", annotations: null },
            spec,
          }) as unknown as Manifest,
      );
      expect(violationsOf(renderingOf(manifests), rules).length).toBeGreaterThan(0);
    }
  });
});
