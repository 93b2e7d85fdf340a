/** Every rendered document is accepted by a real API server that knows the CRDs: strict fields, no Pod Security warning. */
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { injectSidecar } from "#checks/injected-sidecar";
import { injectorSettings } from "#checks/injector-settings";
import { workloadsOf } from "#checks/pods";
import { readRendering } from "#checks/run";
import { environments } from "#environments";
import { namespaces } from "#model/names";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { type ApiServer, startApiServer } from "#test/engines/api-server";
import { enginePath } from "#test/engines/paths";
import { temporaryFolder } from "#test/engines/process";
import { copyPlainCrds, crdsFolder } from "#test/support/crds";

describe.each(Object.values(environments))("the rendering of $name", (environment) => {
  const crds = temporaryFolder("crds");
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({
      crdDirs: [copyPlainCrds(crdsFolder(), crds.path)],
      // No controller runs: nobody makes accounts' tokens or says what a quota has used.
      disabledAdmission: ["ServiceAccount", "ResourceQuota"],
    });
  }, 240_000);
  afterAll(async () => {
    await server?.stop();
    crds.remove();
  });

  test("is accepted by server-side apply without an error or a warning", async () => {
    const { files } = renderEnvironment(todo, environment, {});
    const isNamespace = (path: string): boolean => /\/namespace_[^/]+$/.test(path);
    const texts = (wanted: (path: string) => boolean): string =>
      [...files]
        .filter(([path]) => wanted(path))
        .map(([, text]) => text)
        .join("---\n");
    const apply = (input: string) =>
      server.kubectl(
        ["apply", "--server-side", "--validate=strict", "--field-manager=argocd-controller", "-f", "-"],
        input,
      );

    await server.kubectl(["create", "namespace", namespaces.argocd]);
    const created = await apply(texts(isNamespace));
    expect(created.stderr).toBe("");
    const applied = await apply(texts((path) => !isNamespace(path)));
    expect(applied.stderr).toBe("");
    expect(applied.code).toBe(0);
  }, 240_000);

  test("runs every service's pod, with daprd added by the injector's own code, without a Pod Security warning", async () => {
    const rendering = readRendering(todo, renderEnvironment(todo, environment, {}));
    const settings = injectorSettings(rendering);
    const templates = workloadsOf(rendering).filter(
      ({ resource }) => resource.manifest.metadata.namespace === namespaces.apps,
    );
    expect(templates.length).toBeGreaterThan(Object.keys(todo.services).length);
    const pods = templates.map(({ resource, labels, annotations, pod }) => {
      const plain = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: resource.manifest.metadata.name, namespace: namespaces.apps, labels, annotations },
        spec: pod,
      };
      return annotations["dapr.io/enabled"] === "true" ? patchedByDapr(plain, settings) : plain;
    });
    const withSidecar = pods.filter(({ spec }) => JSON.stringify(spec).includes('"daprd"'));
    expect(withSidecar).toHaveLength(Object.keys(todo.services).length);
    const created = await server.kubectl(
      ["create", "--dry-run=server", "--validate=strict", "-f", "-"],
      pods.map((pod) => JSON.stringify(pod)).join("\n---\n"),
    );
    expect(created.stderr).toBe("");
    expect(created.code).toBe(0);
  }, 120_000);

  test("is checked with the very sidecar that the injector adds", () => {
    const rendering = readRendering(todo, renderEnvironment(todo, environment, {}));
    const settings = injectorSettings(rendering);
    for (const { resource, labels, annotations, pod } of workloadsOf(rendering)) {
      if (annotations["dapr.io/enabled"] !== "true") continue;
      const real = patchedByDapr(
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: resource.manifest.metadata.name, labels, annotations },
          spec: pod,
        },
        settings,
      );
      const ours = injectSidecar({ namespace: namespaces.apps, labels, annotations, spec: pod }, settings);
      expect(withoutCertificates(ours.spec)).toEqual(withoutCertificates(real.spec));
      expect(ours.labels).toEqual(real.metadata.labels);
    }
  });
});

interface Pod {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: object;
    readonly annotations: object;
  };
  readonly spec: object;
}

function patchedByDapr(pod: Pod, settings: object): Pod {
  const { stdout, stderr, status } = spawnSync(enginePath("sidecar-patch"), {
    input: JSON.stringify({ pod, namespace: namespaces.apps, settings }),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the injector's code failed: ${stderr}`);
  return JSON.parse(stdout) as Pod;
}

/** Trust anchors are the cluster's own; Go writes empty objects and zero values that mean nothing. */
const withoutCertificates = (spec: object): unknown =>
  JSON.parse(
    JSON.stringify(spec, (key, value) => {
      if (key === "env" && Array.isArray(value))
        return value.filter(({ name }: { name: string }) => name !== "DAPR_TRUST_ANCHORS");
      return value;
    }),
  );
