import { describe, expect, test } from "@jest/globals";
import type { RenderedDocument } from "#emit/document";
import { header, isOwned, originOfHeader } from "#emit/header";
import { parseManifest } from "#emit/parse";
import { CollisionError, renderFiles } from "#emit/render";
import { configMap } from "./fixtures.ts";

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function inVersion(document: RenderedDocument, apiVersion: string): RenderedDocument {
  return { ...document, manifest: { ...document.manifest, apiVersion } };
}

describe("rendering", () => {
  test("gives one file a document, with a header that says where it comes from", () => {
    expect([...renderFiles([configMap("b"), configMap("a", { origin: "topics.task-events" })])]).toEqual([
      [
        "dev/tasks/todo-apps/configmap_a.yaml",
        "# Rendered by npm run synth from topics.task-events; edit src/system.ts or src/environments.ts instead.\n" +
          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: todo-apps\n",
      ],
      ["dev/tasks/todo-apps/configmap_b.yaml", expect.any(String)],
    ]);
  });

  test("does not depend on the order of the documents", () => {
    const documents = ["c", "a", "b"].map((name) => configMap(name));
    expect([...renderFiles(documents)]).toEqual([...renderFiles(documents.toReversed())]);
  });

  test("gives files that are owned and read back", () => {
    for (const [, text] of renderFiles([configMap("a")])) {
      expect(isOwned(text)).toBe(true);
      expect(parseManifest(text)).toEqual(configMap("a").manifest);
    }
    expect(isOwned("# Rendered by hand\n")).toBe(false);
    expect(originOfHeader("# Rendered by hand\n")).toBe("");
    expect(originOfHeader(header("services.tasks"))).toBe("services.tasks");
  });

  test("keeps the header on one line whatever the entry is called", () => {
    expect(header("a\nkind: Secret\u2028#").split(/[\n\u2028]/)).toHaveLength(2);
  });
});

describe("two documents that would be one", () => {
  test("are all named at once, with both entries", () => {
    const error = errorOf(() =>
      renderFiles([
        configMap("a"),
        configMap("a", { origin: "services.chat" }),
        configMap("b"),
        configMap("B", { origin: "services.audit" }),
        configMap("c"),
        configMap("c", { environment: "staging" }),
      ]),
    );
    expect(error).toBeInstanceOf(CollisionError);
    expect(error).toMatchObject({
      message:
        "rendered more than once: dev: ConfigMap todo-apps/a (from services.tasks and services.chat); " +
        "dev/tasks/todo-apps/configmap_b.yaml (from services.tasks and services.audit)",
      remedy: "Rename one of each, or render it from one entry only",
      collisions: [{ origins: ["services.tasks", "services.chat"] }, { origins: ["services.tasks", "services.audit"] }],
    });
  });

  test("collide as one resource also in two applications and in two versions of the API", () => {
    const one = inVersion(configMap("a"), "apps/v1");
    expect(() => renderFiles([one, inVersion(configMap("a", { application: "chat" }), "apps/v1beta1")])).toThrow(
      "rendered more than once: dev: ConfigMap.apps todo-apps/a",
    );
    expect(renderFiles([one, configMap("a")]).size).toBe(2);
  });

  test("collide as folders that differ by case only", () => {
    expect(() =>
      renderFiles([configMap("a"), configMap("b", { application: "Tasks", origin: "services.Tasks" })]),
    ).toThrow(
      "rendered more than once: dev/tasks/todo-apps and dev/Tasks/todo-apps (from services.tasks and services.Tasks)",
    );
  });
});

test("a value that YAML cannot hold names the document, the field and the entry", () => {
  const manifest = { ...configMap("a").manifest, data: { replicas: Number.NaN } };
  expect(() => renderFiles([configMap("a", { manifest })])).toThrow(
    expect.objectContaining({
      name: "EmitError",
      message: "dev: data.replicas is NaN in ConfigMap todo-apps/a, from services.tasks",
    }),
  );
});
