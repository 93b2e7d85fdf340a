import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { applyPlan, lockTree, type TreePlan } from "#emit/tree";
import { recordText, renderedFile } from "#lifecycle/records";
import { assertUntouched, editedByHand, leftOver, type Settled, settle } from "#lifecycle/settle";
import { writeTexts } from "#lifecycle/write-texts";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, readImages } from "#synth/images-file";
import { assertChecked, compareTree, type RenderedEnvironment, renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { exitCodes, runCommand } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Renders the Kubernetes desired state of every environment into gitops/. What is held or rolled back stays as it is.

  npm run synth [-- --env NAME ...] [-- --out DIR] [-- --check] [-- --json]

  --env NAME   only this environment; may be given more than once
  --out DIR    the whole rendering into another folder, also of held environments
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

function printJson(settled: readonly Settled[], plan: TreePlan, overwritten: readonly string[]): void {
  const { added, changed, removed, foreign } = plan;
  const documents = Object.fromEntries(
    settled.map(({ rendered: { environment, files } }) => [environment.name, files.size]),
  );
  const held = Object.fromEntries(
    settled.flatMap(({ rendered, record, promotion }) =>
      record ? [[rendered.environment.name, { commit: record.commit, pin: record.pin?.to ?? null, promotion }]] : [],
    ),
  );
  console.log(
    JSON.stringify({
      documents,
      added,
      changed,
      removed,
      foreign,
      unchanged: plan.unchanged.length,
      held,
      overwritten,
    }),
  );
}

/** What a promotion would change in an environment that stays as it is. */
function heldLine({ rendered, record, isFirst, promotion, pinsEdited }: Settled): string | null {
  if (record === null) return null;
  if (isFirst) return "held from now on: its first rendering is recorded";
  const { added, changed, removed } = promotion;
  const { name } = rendered.environment;
  const what = record.pin
    ? `rolled back to ${record.pin.to.slice(0, 7)}`
    : `held at ${record.commit?.slice(0, 7) ?? "an uncommitted model"}`;
  if (pinsEdited) return `${what}: config/images/${name}.json was edited, which only a promotion renders`;
  if (added + changed + removed === 0) return `${what}: a promotion would change nothing`;
  return `${what}: a promotion would change ${changed}, add ${added} and remove ${removed} documents`;
}

function printSummary(
  folder: string,
  settled: readonly Settled[],
  plan: TreePlan,
  warnings: number,
  check: boolean,
): void {
  for (const each of settled) {
    const { environment, files } = each.rendered;
    const applications = new Set([...files.keys()].map((path) => path.split("/", 2).join("/"))).size;
    const held = heldLine(each);
    console.log(
      `${environment.name.padEnd(10)} ${String(files.size).padStart(5)} documents in ${applications} Applications${held ? `, ${held}` : ""}`,
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
    `${check ? "compared" : "rendered"} ${plan.files.size} documents of ${settled.length} environments: ${counts}`,
  );
  if (plan.foreign.length > 0)
    console.log(`${plan.foreign.length} files in ${folder}/ are not ours and were left alone`);
  if (warnings > 0) console.log(`${warnings} warnings: see npm run check`);
}

/** Another folder gets what the model renders, whatever is held. */
const unsettled = (rendered: RenderedEnvironment): Settled => ({
  rendered,
  record: null,
  isFirst: false,
  promotion: { added: 0, changed: 0, removed: 0 },
  lost: [],
  pinsEdited: false,
});

/** Records that a run would write or delete, and pins that are not what an environment was promoted with. */
const recordChanges = (root: string, settled: readonly Settled[]): string[] => [
  ...settled.filter(({ isFirst }) => isFirst).map(({ rendered }) => renderedFile(rendered.environment.name)),
  ...settled.filter(({ pinsEdited }) => pinsEdited).map(({ rendered }) => imagesFile(rendered.environment.name)),
  ...leftOver(root, settled),
];

function writeRecords(root: string, settled: readonly Settled[]): void {
  const first = settled.flatMap(({ rendered, record, isFirst }): [string, string][] =>
    isFirst && record ? [[renderedFile(rendered.environment.name), recordText(record)]] : [],
  );
  writeTexts(root, new Map(first));
  for (const path of leftOver(root, settled)) rmSync(join(root, path));
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
  const settled = values.out === undefined ? settle(root, rendered) : rendered.map(unsettled);
  const wanted = settled.map((each) => each.rendered);
  const records = values.out === undefined ? recordChanges(root, settled) : [];
  let plan: TreePlan;
  let overwritten: readonly string[] = [];
  if (values.check) plan = compareTree(folder, wanted, extent);
  else {
    using lock = lockTree(folder);
    plan = compareTree(folder, wanted, extent);
    assertUntouched(settled, plan);
    if (values.out === undefined) overwritten = editedByHand(root, settled, plan);
    applyPlan(plan, lock);
    if (values.out === undefined) writeRecords(root, settled);
  }
  if (values.json) printJson(settled, plan, overwritten);
  else {
    for (const path of overwritten) console.log(`edited by hand, overwritten: gitops/${path}`);
    printSummary(values.out ?? "gitops", settled, plan, warnings.length, values.check === true);
  }
  if (values.check && differences(plan) + records.length > 0) {
    for (const path of values.json ? [] : records) console.log(`  ~ ${path}`);
    throw new UserError(
      `${differences(plan) + records.length} files are not what the model renders`,
      "Run npm run synth, look at git diff, and commit the result or revert the edit by hand",
    );
  }
  return exitCodes.done;
});
