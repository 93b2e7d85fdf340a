import { describe, expect, test } from "@jest/globals";
import { leafChanges, pathText } from "#diff/leaves";
import type { Value } from "#diff/value";
import { diff, document, only, pinsOf, renderedFiles, reportJson, rulesOf, samplesOf } from "./support.ts";

const files = renderedFiles(pinsOf("v1.0.0", "a"), ["dev", "staging", "prod-aks"]);
const environments = ["dev", "staging", "prod-aks"];

const replaced = (matches: RegExp, edit: (text: string) => string, from = files): Map<string, string> =>
  new Map([...from].map(([path, text]) => [path, matches.test(path) ? edit(text) : text]));

const paths = (kind: string, before: Value, after: Value): string[] =>
  leafChanges(kind, before, after).map(({ path }) => pathText(path));

describe("lists are compared by their key", () => {
  test.each<[string, string, Value, Value, string[]]>([
    [
      "containers by name",
      "Pod",
      {
        containers: [
          { name: "a", image: "1" },
          { name: "b", image: "1" },
        ],
      },
      {
        containers: [
          { name: "a", image: "1" },
          { name: "b", image: "2" },
        ],
      },
      ["containers[b].image"],
    ],
    [
      "a container put before others",
      "Pod",
      { containers: [{ name: "b", image: "1" }] },
      {
        containers: [
          { name: "a", image: "1" },
          { name: "b", image: "1" },
        ],
      },
      ["containers[a]"],
    ],
    [
      "containers in another order",
      "Pod",
      { containers: [{ name: "a" }, { name: "b" }] },
      { containers: [{ name: "b" }, { name: "a" }] },
      ["containers(order)"],
    ],
    [
      "variables by name",
      "Pod",
      {
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "1" },
        ],
      },
      {
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
      },
      ["env[B].value"],
    ],
    [
      "mounts by path, in any order",
      "Pod",
      {
        volumeMounts: [
          { mountPath: "/a", name: "x" },
          { mountPath: "/b", name: "y" },
        ],
      },
      {
        volumeMounts: [
          { mountPath: "/b", name: "z" },
          { mountPath: "/a", name: "x" },
        ],
      },
      ["volumeMounts[/b].name"],
    ],
    [
      "ports of a Service by name",
      "Service",
      {
        ports: [
          { name: "http", port: 80 },
          { name: "metrics", port: 90 },
        ],
      },
      {
        ports: [
          { name: "metrics", port: 91 },
          { name: "http", port: 80 },
        ],
      },
      ["ports[metrics].port"],
    ],
    [
      "metadata of a Component by name",
      "Component",
      {
        spec: {
          metadata: [
            { name: "a", value: "1" },
            { name: "b", value: "2" },
          ],
        },
      },
      {
        spec: {
          metadata: [
            { name: "b", value: "3" },
            { name: "a", value: "1" },
          ],
        },
      },
      ["spec.metadata[b].value"],
    ],
    [
      "verbs as a set",
      "Role",
      { rules: [{ resources: ["pods"], verbs: ["get", "list"] }] },
      { rules: [{ resources: ["pods"], verbs: ["list", "watch", "get"] }] },
      ["rules[pods get list].verbs[watch]"],
    ],
    [
      "peers as a set",
      "NetworkPolicy",
      { egress: [{ to: [{ ipBlock: { cidr: "1.0.0.0/8" } }] }, { to: [{ ipBlock: { cidr: "2.0.0.0/8" } }] }] },
      { egress: [{ to: [{ ipBlock: { cidr: "2.0.0.0/8" } }] }, { to: [{ ipBlock: { cidr: "1.0.0.0/8" } }] }] },
      [],
    ],
    [
      "rules of a route in order",
      "HTTPRoute",
      { rules: [{ name: "a" }, { name: "b" }] },
      { rules: [{ name: "b" }, { name: "a" }] },
      ["rules(order)"],
    ],
    ["arguments in order", "Pod", { args: ["a", "b", "c"] }, { args: ["a", "x", "c"] }, ["args[1]"]],
    ["an argument in the middle", "Pod", { args: ["a", "b", "c"] }, { args: ["a", "c"] }, ["args[1]"]],
    [
      "what is in a chart's values in order",
      "Application",
      { valuesObject: { volumes: [{ name: "a" }, { name: "b" }] } },
      { valuesObject: { volumes: [{ name: "b" }, { name: "a" }] } },
      ["valuesObject.volumes(order)"],
    ],
    [
      "a list that was emptied as one",
      "NetworkPolicy",
      { policyTypes: ["Ingress", "Egress"] },
      { policyTypes: [] },
      ["policyTypes"],
    ],
    [
      "names that stand twice in order",
      "Pod",
      {
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
      {
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "3" },
        ],
      },
      ["env[1].value"],
    ],
  ])("%s", (_, kind, before, after, expected) => {
    expect(paths(kind, before, after)).toEqual(expected);
  });

  test("a field with a point or a slash in its name is shown in quotes", () => {
    expect(paths("Pod", { "a.b/c": "1" }, { "a.b/c": "2" })).toEqual(['["a.b/c"]']);
  });
});

describe("documents are paired", () => {
  test("by identity, whatever file they stand in", () => {
    const moved = new Map(
      [...files].map(([path, text]) => [path.replace("/deployment.apps_tasks.yaml", "/tasks.yaml"), text]),
    );
    const { changes, routine } = reportJson(diff(files, moved));
    expect(changes).toEqual([{ change: "renamed", environments, resource: "todo-apps/Deployment/tasks", paths: [] }]);
    expect(routine).toBe(false);
  });

  test("when one was renamed, with all that carries its name", () => {
    const after = new Map(
      [...files].map(([path, text]) =>
        path.startsWith("staging/tasks/")
          ? [path.replace("_tasks", "_todos"), text.replace(/\btasks\b/g, "todos")]
          : [path, text],
      ),
    );
    const report = diff(files, after);
    expect(report.changes.every(({ change }) => change === "renamed")).toBe(true);
    const deployment = report.changes.find(({ resource }) => resource === "todo-apps/Deployment/todos");
    expect(deployment?.from).toBe("todo-apps/Deployment/tasks");
    expect(rulesOf(report)).toEqual(expect.arrayContaining(["pruned", "removed-workload"]));
  });

  test("but not two that only look alike", () => {
    const role = (name: string, secret: string) =>
      document({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name, namespace: "todo-apps" },
        rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [secret], verbs: ["get"] }],
      });
    const after = new Map(
      [...files].filter(
        ([path]) => !path.endsWith("staging/tasks/todo-apps/role.rbac.authorization.k8s.io_tasks-secrets.yaml"),
      ),
    );
    after.set("staging/billing/todo-apps/role.yaml", role("billing-secrets", "billing-database"));
    expect(
      diff(files, after)
        .changes.map(({ change, resource }) => `${change} ${resource}`)
        .sort(),
    ).toEqual(["added todo-apps/Role/billing-secrets", "removed todo-apps/Role/tasks-secrets"]);
  });

  test("and not two that have only half in common", () => {
    const map = (name: string, half: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "ns" },
      data: Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [`k${index}`, index < 5 ? "same" : `${half}${index}`]),
      ),
    });
    expect(only(map("one", "p"), map("two", "q")).changes.map(({ change }) => change)).toEqual(["removed", "added"]);
    expect(only(map("one", "p"), map("two", "p")).changes.map(({ change }) => change)).toEqual(["renamed"]);
  });

  test("and not one with either of two that fit as well", () => {
    const map = (name: string) =>
      document({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace: "ns" },
        data: { first: "one", second: "two" },
      });
    const report = diff(
      new Map([["prod/app/ns/a.yaml", map("a")]]),
      new Map([
        ["prod/app/ns/b.yaml", map("b")],
        ["prod/app/ns/c.yaml", map("c")],
      ]),
    );
    expect(report.changes.map(({ change }) => change).sort()).toEqual(["added", "added", "removed"]);
  });

  test("across namespaces, where the old place is still guarded as one that was left", () => {
    const policy = (namespace: string) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "deny", namespace },
      spec: { podSelector: { matchLabels: { app: "x" } }, policyTypes: ["Ingress"] },
    });
    const report = only(policy("a"), policy("b"));
    expect(report.changes).toMatchObject([
      { change: "renamed", from: "a/NetworkPolicy/deny", resource: "b/NetworkPolicy/deny" },
    ]);
    expect(rulesOf(report)).toContain("removed-guard");
  });

  test("twice in one rendering is an error of the rendering", () => {
    const [sample] = samplesOf(files);
    const after = new Map(files).set(`${sample?.path}.copy.yaml`, sample?.text ?? "");
    const report = diff(files, after);
    expect(rulesOf(report)).toContain("duplicate-resource");
    expect(report.routine).toBe(false);
  });
});

describe("the same change", () => {
  test("in several environments stands there once", () => {
    const after = replaced(/service_tasks\.yaml$/, (text) => text.replace("port: 8082", "port: 9000"));
    expect(reportJson(diff(files, after)).changes).toEqual([
      { change: "changed", environments, resource: "todo-apps/Service/tasks", paths: ["spec.ports[http].port"] },
    ]);
  });

  test("is told apart from what one environment has besides", () => {
    const ports = replaced(/service_tasks\.yaml$/, (text) => text.replace("port: 8082", "port: 9000"));
    const after = replaced(/^dev\/.*service_tasks\.yaml$/, (text) => text.replace("ClusterIP", "NodePort"), ports);
    expect(reportJson(diff(files, after)).changes.map(({ environments: some, paths }) => [some, paths])).toEqual([
      [["dev"], ["spec.type"]],
      [environments, ["spec.ports[http].port"]],
    ]);
  });
});

describe("the verdict", () => {
  test("is routine for a bump of every image of ours", () => {
    const after = renderedFiles(pinsOf("v1.1.0", "b"), ["dev", "staging", "prod-aks"]);
    const { routine, flags, changes } = reportJson(diff(files, after));
    expect({ routine, flags }).toEqual({ routine: true, flags: [] });
    expect(
      changes.every(({ change, paths }) => change === "changed" && paths.every((path) => path.endsWith(".image"))),
    ).toBe(true);
  });

  test("is routine where nothing changes, and for another comment", () => {
    expect(reportJson(diff(files, new Map(files)))).toEqual({ routine: true, flags: [], changes: [] });
    const commented = replaced(/service_tasks\.yaml$/, (text) => `${text}# a comment\n`);
    expect(reportJson(diff(files, commented))).toEqual({ routine: true, flags: [], changes: [] });
  });

  test("is not routine for the order of a set, although nothing is to be shown", () => {
    const after = replaced(/dev\/.*role\.rbac.*_gateway-secrets\.yaml$/, (text) =>
      text.replace("      - session-secret\n      - oidc-client\n", "      - oidc-client\n      - session-secret\n"),
    );
    expect(after).not.toEqual(files);
    expect(reportJson(diff(files, after))).toEqual({ routine: false, flags: [], changes: [] });
  });

  test("is not routine for images of documents that we did not render", () => {
    const strip = (from: Map<string, string>) =>
      new Map([...from].map(([path, text]) => [path, text.slice(text.indexOf("\n") + 1)]));
    const after = renderedFiles(pinsOf("v1.1.0", "b"), ["dev", "staging", "prod-aks"]);
    expect(diff(strip(files), strip(after)).routine).toBe(false);
  });

  test("is not routine for an image that is not ours, in a document that is", () => {
    const foreign = (tag: string) =>
      replaced(/deployment\.apps_tasks\.yaml$/, (text) =>
        text.replace(/image: .*tasks:.*/, `image: docker.io/library/proxy:${tag}@sha256:${tag.at(-1)?.repeat(64)}`),
      );
    expect(diff(foreign("v1.0.1"), foreign("v1.0.2")).changes).not.toEqual([]);
    expect(diff(foreign("v1.0.1"), foreign("v1.0.2")).routine).toBe(false);
  });

  test("is not routine for a file that is no manifest", () => {
    const report = diff(files, new Map(files).set("dev/tasks/kustomization.json5", "{}"));
    expect(report.routine).toBe(false);
    expect(rulesOf(report)).toEqual(["not-a-manifest"]);
  });
});

test("JSON has exactly the promised fields", () => {
  const after = new Map(
    [...files].filter(
      ([path]) => !path.endsWith("staging/topics/infra-services/kafkatopic.kafka.strimzi.io_reminders.yaml"),
    ),
  );
  const json = JSON.parse(JSON.stringify(reportJson(diff(files, after))));
  expect(Object.keys(json)).toEqual(["routine", "flags", "changes"]);
  expect(json.changes).toEqual([
    { change: "removed", environments: ["staging"], resource: "infra-services/KafkaTopic/reminders", paths: [] },
  ]);
  for (const flag of json.flags) {
    expect(Object.keys(flag)).toEqual(["rule", "severity", "environments", "resource", "reason"]);
    expect(flag.resource).toBe("infra-services/KafkaTopic/reminders");
  }
});
