import { resolve } from "node:path";
import type { TreePlan } from "#emit/tree";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { readImages } from "#synth/images-file";
import { assertChecked, compareTree, type RenderedEnvironment, renderEnvironment, writeTree } from "#synth/synth";
import { todo } from "#system";
import { exitCodes, runCommand } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Renders the Kubernetes desired state of every environment into gitops/.

  npm run synth [-- --env NAME ...] [-- --out DIR] [-- --check] [-- --json]

  --env NAME   only this environment; may be given more than once
  --out DIR    the whole rendering into another folder
  --check      write nothing; exit 1 with the list of files that are not what the model renders
  --json       the summary as one JSON object

Exit codes: 0 done, 1 failed or (with --check) not up to date, 2 wrong arguments.
`;

const options = {
  env: { type: "string", multiple: true },
  out: { type: "string" },
  check: { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** How many paths a list shows before it only counts. */
const SHOWN = 20;

/** Foreign files count too: Argo CD would apply what somebody laid beside the rendering. */
const differences = ({ added, changed, removed, foreign }: TreePlan): number =>
  added.length + changed.length + removed.length + foreign.length;

function printJson(rendered: readonly RenderedEnvironment[], plan: TreePlan): void {
  const { added, changed, removed, foreign } = plan;
  const documents = Object.fromEntries(rendered.map(({ environment, files }) => [environment.name, files.size]));
  console.log(JSON.stringify({ documents, added, changed, removed, foreign, unchanged: plan.unchanged.length }));
}

function printSummary(
  folder: string,
  rendered: readonly RenderedEnvironment[],
  plan: TreePlan,
  warnings: number,
  check: boolean,
): void {
  for (const { environment, documents } of rendered) {
    const applications = new Set(documents.map(({ application }) => application)).size;
    console.log(
      `${environment.name.padEnd(10)} ${String(documents.length).padStart(5)} documents in ${applications} Applications`,
    );
  }
  for (const [mark, paths] of [
    ["+", plan.added],
    ["~", plan.changed],
    ["-", plan.removed],
    ["?", plan.foreign],
  ] as const) {
    if (paths.length <= SHOWN) for (const path of paths) console.log(`  ${mark} ${folder}/${path}`);
  }
  const counts = `${plan.added.length} added, ${plan.changed.length} changed, ${plan.removed.length} removed, ${plan.unchanged.length} unchanged`;
  console.log(
    `${check ? "compared" : "rendered"} ${plan.files.size} documents of ${rendered.length} environments: ${counts}`,
  );
  if (plan.foreign.length > 0)
    console.log(`${plan.foreign.length} files in ${folder}/ are not ours and were left alone`);
  if (warnings > 0) console.log(`${warnings} warnings: see npm run check`);
}

await runCommand({ help, options }, ({ values }) => {
  const root = projectFolder();
  const chosen = chooseEnvironments(values.env);
  const folder = resolve(root, values.out ?? "gitops");
  const rendered = chosen.map((environment) =>
    renderEnvironment(todo, environment, readImages(root, environment.name, ownImages(todo))),
  );
  const warnings = assertChecked(todo, rendered);
  const extent = values.env ? "some" : "all";
  const plan = values.check ? compareTree(folder, rendered, extent) : writeTree(folder, rendered, extent);
  if (values.json) printJson(rendered, plan);
  else printSummary(values.out ?? "gitops", rendered, plan, warnings.length, values.check === true);
  if (values.check && differences(plan) > 0) {
    throw new UserError(
      `${differences(plan)} files are not what the model renders`,
      "Run npm run synth, look at git diff, and commit the result or revert the edit by hand",
    );
  }
  return exitCodes.done;
});
