import { writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { styleText } from "node:util";
import type { CostChange } from "#cost/change";
import { rules } from "#diff/flags/index";
import { type Severity, severities } from "#diff/flags/rule";
import { type Report, reportJson, reportOn } from "#diff/report";
import { RENDERED, readSources } from "#diff/sources";
import { type Paint, reportText, unpainted } from "#diff/text";
import { DiffError, type Tree } from "#diff/tree";
import { exitCodes, runCommand, UsageError } from "./command.ts";

const help = `
Compares two renderings for a reviewer: what changes where, what is dangerous, what it costs.

  npm run diff [-- BASE [HEAD]] [-- OPTIONS]

BASE and HEAD are git refs (main, v1.2.0, main:gitops/dev) or folders (./x, ../x, x/). Of two refs, and of a ref and the
working tree, the merge base counts, as in a pull request.

  no argument     the merge base with the main branch and the working tree's gitops/
  BASE            the merge base with BASE and the working tree's gitops/
  BASE HEAD       the merge base of both and HEAD
  --model         gitops/ (or BASE) and what src/system.ts and src/environments.ts render now
  --exact         BASE itself, not the merge base

  --json          {routine, flags, changes} for machines
  --markdown      a comment for a pull request, always under 65,536 characters
  --html          one page with everything side by side
  --out FILE      write there instead of printing
  --fail-on X     exit 3 when there is a flag of this severity or worse (info, warning, danger), or for "change" any change
  --rules         list every rule (with --json for machines) and compare nothing

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 --fail-on found something.
`;

const options = {
  model: { type: "boolean" },
  exact: { type: "boolean" },
  json: { type: "boolean" },
  markdown: { type: "boolean" },
  html: { type: "boolean" },
  out: { type: "string" },
  "fail-on": { type: "string" },
  rules: { type: "boolean" },
} as const;

const FOUND = 3;
const limits = [...severities, "change"] as const;

type Form = { readonly [F in "json" | "markdown" | "html"]?: boolean | undefined } & {
  readonly out?: string | undefined;
};

async function shown(report: Report, { json, markdown, html, out }: Form): Promise<string> {
  if (json) return `${JSON.stringify(reportJson(report), null, 2)}\n`;
  const cost = await costOf(report);
  if (markdown) return (await import("#diff/markdown")).reportMarkdown(report, cost);
  if (html) {
    const [{ reportHtml }, { svgOf }, { todo }] = await Promise.all([
      import("#diff/html"),
      import("./graph-svg.ts"),
      import("#system"),
    ]);
    return reportHtml(report, { cost, topology: await svgOf(todo) });
  }
  return reportText(report, cost, out === undefined ? painted : unpainted);
}

/** Colours only on a terminal that wants them. */
const painted: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** Kinds and fields that say how much runs, is stored or is exposed. */
const costly = /replicas|Replicas|resources|requests|sidecar-(?:cpu|memory)|storage|size|instances|spec\.type|enabled/;

/** Loads the model, which takes longer than a whole comparison, only where money may be at stake. */
async function costOf({ comparison, changes }: Report): Promise<CostChange[]> {
  const { pathText } = await import("#diff/leaves");
  const touched = changes.filter(
    ({ leaves }) => leaves.length === 0 || leaves.some(({ path }) => costly.test(pathText(path))),
  );
  if (touched.length === 0) return [];
  const [{ environments }, { costChanges }] = await Promise.all([import("#environments"), import("#cost/change")]);
  const names = touched.flatMap((change) => change.environments);
  return costChanges(environments, names, comparison.base, comparison.head);
}

/** What the model renders now. */
async function modelTree(root: string): Promise<Tree> {
  const [{ environments }, { todo }, { ownImages }, { readImages }, { renderEnvironment }] = await Promise.all([
    import("#environments"),
    import("#system"),
    import("#model/own-images"),
    import("#synth/images-file"),
    import("#synth/synth"),
  ]);
  const images = ownImages(todo);
  const files = Object.values(environments).flatMap((environment) => [
    ...renderEnvironment(todo, environment, readImages(root, environment.name, images)).files,
  ]);
  return { label: "the model", name: RENDERED, files: new Map(files.map(([path, text]) => [path, { text }])) };
}

function rulesText(json: boolean): string {
  const listed = Object.entries(rules)
    .map(([id, { severity, reason }]) => ({ id, severity, reason }))
    .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity) || (a.id < b.id ? -1 : 1));
  if (json) return `${JSON.stringify(listed, null, 2)}\n`;
  const width = Math.max(...listed.map(({ id }) => id.length));
  return listed.map(({ id, severity, reason }) => `${severity.padEnd(8)} ${id.padEnd(width)}  ${reason}\n`).join("");
}

function isOver({ flags, changes }: Report, limit: string | undefined): boolean {
  if (limit === undefined) return false;
  if (limit === "change") return changes.length > 0 || flags.length > 0;
  const least = severities.indexOf(limit as Severity);
  return flags.some(({ severity }) => severities.indexOf(severity) >= least);
}

function print(out: string | undefined, text: string): void {
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(resolve(out), text);
  } catch (cause) {
    throw new DiffError(
      `cannot write ${basename(out)}: ${(cause as NodeJS.ErrnoException).code}`,
      "Name another file with --out",
      { cause },
    );
  }
}

await runCommand({ help, options, positionals: true }, async ({ values, positionals }) => {
  if (values.rules) {
    print(values.out, rulesText(values.json === true));
    return exitCodes.done;
  }
  const forms = [values.json, values.markdown, values.html].filter(Boolean).length;
  if (forms > 1) throw new UsageError("--json, --markdown and --html exclude each other", "Choose one");
  const [base, head, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`"${others[0]}" is one too many`, "Give at most BASE and HEAD");
  if (values.model && head !== undefined) throw new UsageError("--model is the HEAD", "Give at most BASE with it");
  const limit = values["fail-on"];
  if (limit !== undefined && !(limits as readonly string[]).includes(limit)) {
    throw new UsageError(`--fail-on knows no "${limit}"`, `Use one of: ${limits.join(", ")}`);
  }

  const root = process.cwd();
  const model = values.model ? await modelTree(root) : undefined;
  const [before, after] = readSources({
    root,
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
    ...(values.exact ? { exact: true } : {}),
    ...(model ? { model: () => model } : {}),
  });
  const report = reportOn(before, after);
  print(values.out, await shown(report, values));
  return isOver(report, limit) ? FOUND : exitCodes.done;
});
