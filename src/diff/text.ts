import type { CostChange } from "#cost/change";
import { blocksOf, environmentsText, mark, plural, sizeText, titleOf, verdict } from "./blocks.ts";
import { costLines } from "./cost-text.ts";
import type { Severity } from "./flags/rule.ts";
import type { Change, ChangeKind, Flag, Report } from "./report.ts";
import { oneLine, shownLeaf } from "./show.ts";

export type Paint = (style: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", text: string) => string;

export const unpainted: Paint = (_, text) => text;

const severityStyle: Readonly<Record<Severity, Parameters<Paint>[0]>> = {
  danger: "red",
  warning: "yellow",
  info: "cyan",
};
const changeStyle: Readonly<Record<ChangeKind, Parameters<Paint>[0]>> = {
  added: "green",
  removed: "red",
  changed: "yellow",
  renamed: "cyan",
};

/** How many resources a block names before it counts. */
const NAMED = 8;
/** How many lines of one value are shown. */
const LINES = 30;

/** The report for a terminal. */
export function reportText(report: Report, cost: readonly CostChange[], paint: Paint = unpainted): string {
  const lines = [`${report.base} -> ${report.head}`, ""];
  lines.push(paint("bold", paint(report.routine ? "green" : "red", verdict(report))));
  if (report.changes.length > 0) lines.push(sizeText(report));
  if (report.flags.length > 0) lines.push("", ...report.flags.flatMap((flag) => flagLines(report, flag, paint)));
  for (const block of blocksOf(report)) {
    const [first] = block.changes;
    lines.push("", ...headLines(report, block.changes, paint));
    for (const leaf of first.leaves) lines.push(...leafLines(first, leaf, paint));
  }
  if (cost.length > 0)
    lines.push("", paint("bold", "Cost, as far as prices are known"), ...costLines(cost).map((line) => `  ${line}`));
  return `${lines.join("\n")}\n`;
}

function flagLines(
  { environments }: Report,
  { rule, severity, resource, reason, environments: some }: Flag,
  paint: Paint,
): string[] {
  const where = paint("dim", environmentsText(some, environments));
  return [
    `${paint(severityStyle[severity], severity.padEnd(8))}${paint("bold", oneLine(resource))}  ${where}`,
    `        ${oneLine(reason)}  ${paint("dim", `[${rule}]`)}`,
  ];
}

function headLines({ environments }: Report, changes: readonly [Change, ...Change[]], paint: Paint): string[] {
  const [first] = changes;
  const style = changeStyle[first.change];
  const where = paint("dim", environmentsText(first.environments, environments));
  const names = changes
    .slice(0, NAMED)
    .map((change) => `${paint(style, mark[first.change])} ${paint("bold", oneLine(titleOf(change)))}`);
  const more = changes.length - names.length;
  names[names.length - 1] += `${more > 0 ? paint("dim", ` and ${plural(more, "more resource")}`) : ""}  ${where}`;
  return names;
}

function leafLines({ after, before }: Change, leaf: Change["leaves"][number], paint: Paint): string[] {
  const { path, removed, added, leading, trailing } = shownLeaf((after ?? before)?.manifest.kind ?? "", leaf);
  const lines = [
    ...leading.map((line) => paint("dim", `      ${line}`)),
    ...removed.map((line) => paint("red", `    - ${line}`)),
    ...added.map((line) => paint("green", `    + ${line}`)),
    ...trailing.map((line) => paint("dim", `      ${line}`)),
  ];
  const more = lines.length - LINES;
  return [
    `    ${path}`,
    ...lines.slice(0, LINES),
    ...(more > 0 ? [paint("dim", `      ... ${plural(more, "more line")}`)] : []),
  ];
}
