import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Manifest } from "#emit/document";
import { documentPath } from "#emit/path";
import { configMap } from "./fixtures.ts";

function pathOf(apiVersion: string, kind: string, name: string, namespace?: string): string {
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return documentPath(configMap(name, { manifest: { apiVersion, kind, metadata } }));
}

describe("the path of a document", () => {
  test.each<[string, [apiVersion: string, kind: string, name: string, namespace?: string]]>([
    ["dev/tasks/todo-apps/service_tasks.yaml", ["v1", "Service", "tasks", "todo-apps"]],
    ["dev/tasks/todo-apps/deployment.apps_tasks.yaml", ["apps/v1", "Deployment", "tasks", "todo-apps"]],
    ["dev/tasks/_cluster/namespace_todo-apps.yaml", ["v1", "Namespace", "todo-apps"]],
    [
      "dev/tasks/_cluster/clusterrole.rbac.authorization.k8s.io_system%3Anode.yaml",
      ["rbac.authorization.k8s.io/v1", "ClusterRole", "system:node"],
    ],
    ["dev/tasks/%63on/configmap_a.yaml", ["v1", "ConfigMap", "a", "con"]],
    ["dev/tasks/x/configmap_a%25%2F..%2F%C3%A9%F0%9F%98%80.yaml", ["v1", "ConfigMap", "a%/../é😀", "x"]],
    ["dev/tasks/%2E%2E/configmap_a.yaml", ["v1", "ConfigMap", "a", ".."]],
  ])("%s", (path, words) => {
    expect(pathOf(...words)).toBe(path);
  });

  test("tells a group from a namespace and a name", () => {
    const paths = [
      pathOf("apps/v1", "Deployment", "a", "b"),
      pathOf("apps.b/v1", "Deployment", "a"),
      pathOf("v1", "Deployment", "apps_a", "b"),
    ];
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("is a legal file name everywhere and differs where the names differ", () => {
    const name = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" });
    fc.assert(
      fc.property(name, name, name, (first, second, namespace) => {
        const path = pathOf("v1", "ConfigMap", first, namespace);
        expect(path).toMatch(/^dev\/tasks\/[\w.%-]+\/configmap_[\w.%-]+\.yaml$/);
        for (const part of path.split("/")) expect(part).not.toMatch(/^\.|\.$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(path === pathOf("v1", "ConfigMap", second, namespace)).toBe(first === second);
      }),
    );
  });

  test("refuses what no file system takes", () => {
    expect(() => pathOf("v1", "ConfigMap", "a".repeat(250))).toThrow(/cannot be a file name of 1 to 255 characters$/);
    const manifest: Manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
    expect(() => documentPath(configMap("a", { application: "", manifest }))).toThrow(/cannot be a file name/);
  });
});
