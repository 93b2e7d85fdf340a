import { describe, expect, test } from "@jest/globals";
import { NamespacesChart } from "#charts/namespaces";
import type { Manifest } from "#emit/document";
import { parseManifest } from "#emit/parse";
import { environments } from "#environments";
import { peakDemand } from "#model/capacity";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import { api } from "#model/service";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { common } from "#test/model/sample-system";
import { at, contextOf, renderChart } from "#test/support/render-chart";

const { dev, staging } = environments;

const render = (environment: Environment): Map<string, Manifest> =>
  renderChart((app) => new NamespacesChart(app, contextOf(environment)));

const ofKind = (documents: Map<string, Manifest>, kind: string): Manifest[] =>
  [...documents.values()].filter((manifest) => manifest.kind === kind);

const textsAt = (manifest: Manifest | undefined, path: string) => at(manifest, path) as Record<string, string>;

const level = (manifest: Manifest | undefined): unknown =>
  textsAt(manifest, "metadata.labels")["pod-security.kubernetes.io/enforce"];

describe("an environment's namespaces", () => {
  test.each(Object.values(environments))("are there for everything that $name renders", (environment) => {
    const rendered = [...renderEnvironment(todo, environment, {}).files.values()].map((text) => parseManifest(text));
    const used = new Set(rendered.flatMap(({ metadata }) => metadata.namespace ?? []));
    const made = new Set(ofKind(render(environment), "Namespace").map(({ metadata }) => metadata.name));
    expect([...used].filter((name) => !made.has(name)).sort()).toEqual([]);
  });

  test("leave out what the environment has no use for", () => {
    const names = (environment: Environment) =>
      ofKind(render(environment), "Namespace").map((each) => each.metadata.name);
    expect(names(dev)).toContain(namespaces.secrets);
    expect(names(dev)).not.toContain(namespaces.keda);
    const aks = names(environments["prod-aks"]);
    expect(aks).not.toContain(namespaces.secrets);
    expect(aks).not.toContain(namespaces.strimzi);
    expect(aks).not.toContain(namespaces.cloudNativePg);
  });

  test.each(Object.values(environments))(
    "are restricted in $name where our services run, and say why where not",
    (environment) => {
      const documents = render(environment);
      expect(level(documents.get(`Namespace ${namespaces.apps}`))).toBe("restricted");
      for (const manifest of ofKind(documents, "Namespace")) {
        const reason = textsAt(manifest, "metadata.annotations")["todo.dev/pod-security"];
        expect({
          name: manifest.metadata.name,
          excused: level(manifest) === "restricted" || reason !== undefined,
        }).toEqual({
          name: manifest.metadata.name,
          excused: true,
        });
      }
    },
  );

  test("are deleted by a person's consent only", () => {
    for (const { metadata } of ofKind(render(staging), "Namespace")) {
      expect(metadata.annotations).toMatchObject({ "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm" });
    }
  });
});

describe("the bounds of todo-apps", () => {
  test("hold every service at its most replicas with its sidecar", () => {
    const { pods, memoryRequests } = peakDemand(todo, staging);
    const hard = at(render(staging).get("ResourceQuota services"), "spec.hard") as Record<string, string>;
    expect(hard.pods).toBe(String(pods));
    expect(hard["requests.memory"]).toMatch(/^\d+Mi$/);
    expect(Number.parseInt(hard["requests.memory"] ?? "", 10)).toBe(memoryRequests.mebibytes);
  });

  test("grow with the model", () => {
    const model = { ...todo, services: { ...todo.services, extra: api({ ...common, port: 8099 }) } };
    const pods = (context: ReturnType<typeof contextOf>) =>
      Number(
        at(renderChart((app) => new NamespacesChart(app, context)).get("ResourceQuota services"), "spec.hard.pods"),
      );
    // Three replicas, one that surges and a migration.
    expect(pods(contextOf(staging, { model })) - pods(contextOf(staging))).toBe(5);
  });

  test("bound ephemeral storage by default and in no quota, because sidecars cannot say it", () => {
    const documents = render(staging);
    expect(at(documents.get("LimitRange defaults"), "spec.limits.0.default")).toHaveProperty("ephemeral-storage");
    expect(at(documents.get("LimitRange defaults"), "spec.limits.0.defaultRequest")).toHaveProperty(
      "ephemeral-storage",
    );
    const hard = Object.keys(at(documents.get("ResourceQuota services"), "spec.hard") as object);
    expect(hard.filter((name) => name.includes("ephemeral"))).toEqual([]);
  });
});

describe("storage", () => {
  test("comes from the provider, and outlives its claim in production alone", () => {
    const storage = (environment: Environment) =>
      render(environment).get("StorageClass todo-block") as Manifest & {
        provisioner: string;
        reclaimPolicy: string;
        volumeBindingMode: string;
      };
    for (const environment of Object.values(environments)) {
      const { provisioner, reclaimPolicy } = storage(environment);
      expect(provisioner).toBe(environment.provider.storage.provisioner);
      expect(reclaimPolicy).toBe(environment.name.startsWith("prod-") ? "Retain" : "Delete");
    }
    expect(storage(staging).volumeBindingMode).toBe("Immediate");
    expect(storage(environments["prod-oke"]).volumeBindingMode).toBe("WaitForFirstConsumer");
  });
});

describe("people", () => {
  test("are bound by group, and write nothing", () => {
    const documents = render(staging);
    for (const binding of ofKind(documents, "RoleBinding") as (Manifest & { subjects: { kind: string }[] })[]) {
      expect(binding.subjects.map(({ kind }) => kind)).toEqual(["Group"]);
    }
    const rules = (documents.get("Role on-call") as Manifest & { rules: { verbs: string[]; resources: string[] }[] })
      .rules;
    expect(rules.flatMap(({ verbs }) => verbs).filter((verb) => verb !== "delete")).toEqual([]);
    expect(rules.flatMap(({ resources }) => resources)).not.toContain("secrets");
  });
});
