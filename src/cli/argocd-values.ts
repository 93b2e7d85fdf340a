/** Entry of `npm run argocd:values`: what Helm is given when Argo CD is installed by hand, once (docs/bootstrap.md). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrapValues } from "#charts/argocd/bootstrap-values";
import type { HelmValues } from "#charts/third-party/helm-values";
import { parseManifest } from "#emit/parse";
import { documentPath } from "#emit/path";
import { namespaces } from "#model/names";
import { UserError } from "#model/user-error";
import { runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";

const help = `
npm run -s argocd:values -- --env NAME    print, as JSON, the values for the first installation of Argo CD

They are those of gitops/NAME, which Argo CD applies to itself later, without what does not exist in a new cluster.

Exit codes: 0 done, 1 failed, 2 wrong arguments.`;

const root = join(import.meta.dirname, "../..");

function renderedValues(environment: string): HelmValues {
  const metadata = { name: "argo-cd", namespace: namespaces.argocd };
  const manifest = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata };
  const file = join("gitops", documentPath({ environment, application: "applications", origin: "", manifest }));
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch (cause) {
    throw new UserError(`cannot read ${file}: ${(cause as NodeJS.ErrnoException).code}`, "Run npm run synth", {
      cause,
    });
  }
  const { spec } = parseManifest(text, file) as { spec?: { source?: { helm?: { valuesObject?: HelmValues } } } };
  const values = spec?.source?.helm?.valuesObject;
  if (!values) throw new UserError(`${file} holds no Helm values`, "Restore it with npm run synth");
  return values;
}

await runCommand({ help, options: { env: { type: "string" } } }, ({ values: { env } }) => {
  if (typeof env !== "string") throw new UsageError("--env is missing", "See npm run argocd:values -- --help");
  for (const { name } of chooseEnvironments([env]))
    console.log(JSON.stringify(bootstrapValues(renderedValues(name)), null, 2));
});
