import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type ApiServer, startApiServer } from "#test/engines/api-server";
import { temporaryFolder } from "#test/engines/process";

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "lanterns.engines.example.com" },
  spec: {
    group: "engines.example.com",
    scope: "Namespaced",
    names: { kind: "Lantern", plural: "lanterns", singular: "lantern" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { lumen: { type: "integer", minimum: 1 } } } },
          },
        },
      },
    ],
  },
};

const lantern = (spec: object) => ({
  apiVersion: "engines.example.com/v1",
  kind: "Lantern",
  metadata: { name: "porch", namespace: "default" },
  spec,
});

const deployment = (container: object) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "sample", namespace: "strict" },
  spec: {
    selector: { matchLabels: { "app.kubernetes.io/name": "sample" } },
    template: {
      metadata: { labels: { "app.kubernetes.io/name": "sample" } },
      spec: { containers: [{ name: "sample", image: "registry.example.com/sample:1", ...container }] },
    },
  },
});

describe("a real API server", () => {
  const definitions = temporaryFolder("definitions");
  let server: ApiServer;
  const apply = (manifest: object, ...flags: string[]) =>
    server.kubectl(["apply", "--server-side", "--validate=strict", ...flags, "-f", "-"], JSON.stringify(manifest));

  beforeAll(async () => {
    writeFileSync(join(definitions.path, "lanterns.json"), JSON.stringify(definition));
    server = await startApiServer({ crdDirs: [definitions.path] });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    definitions.remove();
  }, 60_000);

  test("accepts a namespace", async () => {
    const result = await apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "strict",
        labels: { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted" },
      },
    });
    expect(result).toMatchObject({ code: 0, stdout: "namespace/strict serverside-applied\n", stderr: "" });
  });

  test("refuses a field that the schema does not know", async () => {
    const result = await apply(deployment({ imagePullPolice: "Always" }), "--dry-run=server");
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain("imagePullPolice");
  });

  test("warns of a pod template that Pod Security would refuse", async () => {
    const result = await apply(deployment({}), "--dry-run=server");
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('would violate PodSecurity "restricted');
  });

  test("knows the custom resources it was given, and holds them to their schema", async () => {
    expect(await apply(lantern({ lumen: 800 }), "--dry-run=server")).toMatchObject({ code: 0, stderr: "" });
    const refused = await apply(lantern({ lumen: 0 }), "--dry-run=server");
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("spec.lumen");
  });

  test("refuses a wrong token, and a service account what no role grants", async () => {
    const kubectl = (args: readonly string[]) => server.kubectl(args);
    expect((await kubectl(["get", "--raw", "/version", "--token", "wrong"])).code).not.toBe(0);
    const asAccount = await kubectl([
      "auth",
      "can-i",
      "list",
      "secrets",
      "--as",
      "system:serviceaccount:strict:default",
    ]);
    expect(asAccount.stdout.trim()).toBe("no");
  });
});
