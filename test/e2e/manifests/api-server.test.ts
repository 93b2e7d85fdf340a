/** Every rendered document is accepted by a real API server that knows the CRDs: strict fields, no Pod Security warning. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { environments } from "#environments";
import { namespaces } from "#model/names";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { type ApiServer, startApiServer } from "#test/engines/api-server";
import { temporaryFolder } from "#test/engines/process";
import { copyPlainCrds, crdsFolder } from "#test/support/crds";

describe.each(Object.values(environments))("the rendering of $name", (environment) => {
  const crds = temporaryFolder("crds");
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({
      crdDirs: [copyPlainCrds(crdsFolder(), crds.path)],
      disabledAdmission: ["ServiceAccount"],
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
});
