/** The report as a comment on a pull request: summary first, details folded, cut honestly where it would not fit. */
import type { CostChange } from "#cost/change";
import { type Block, blocksOf, environmentsText, mark, plural, sizeText, titleOf, verdict } from "./blocks.ts";
import { costLines } from "./cost-text.ts";
import type { Severity } from "./flags/rule.ts";
import type { Flag, Report } from "./report.ts";
import { oneLine, shownLeaf } from "./show.ts";

/** A comment on GitHub holds 65,536 characters; counted in bytes, which are never fewer. */
export const COMMENT_LIMIT = 65_535;
/** By this a bot finds its own comment again. */
export const COMMENT_MARK = "<!-- npm run diff -->";

/** What the table of flags may take. */
const FLAGS_SHARE = 24_000;
const COST_SHARE = 4_000;
/** What one change may take. */
const BLOCK_SHARE = 6_000;
/** Kept free for what closes the comment. */
const ENDING = 400;

const icon: Readonly<Record<Severity, string>> = { danger: "🔴", warning: "🟠", info: "🔵" };

const bytes = (text: string): number => Buffer.byteLength(text);

/** @returns Markdown of at most `limit` bytes */
export function reportMarkdown(report: Report, cost: readonly CostChange[], limit = COMMENT_LIMIT): string {
  const parts = [head(report)];
  parts.push(...section(flagTable(report), FLAGS_SHARE, "flag", "| | Resource | Where | Why |\n|---|---|---|---|"));
  if (cost.length > 0) {
    parts.push(
      "**Cost**, as far as prices are known",
      ...section(
        costLines(cost).map((line) => `- ${text(line)}`),
        COST_SHARE,
        "environment",
      ),
    );
  }
  const blocks = blocksOf(report);
  let left = limit - ENDING - bytes(parts.join("\n\n"));
  const shown: string[] = [];
  for (const block of blocks) {
    const full = blockText(report, block);
    if (bytes(full) + 2 > left) break;
    shown.push(full);
    left -= bytes(full) + 2;
  }
  const hidden = blocks.length - shown.length;
  const ending =
    hidden > 0
      ? [
          `**${plural(hidden, "more change")} did not fit here.** See them with \`npm run diff\`, or \`npm run diff -- --html\`.`,
        ]
      : [];
  return `${[...parts, ...shown, ...ending].join("\n\n")}\n`;
}

function head(report: Report): string {
  const { routine, base, head: to } = report;
  const title = `### ${routine ? "🟢" : report.flags.some(({ severity }) => severity === "danger") ? "🔴" : "🟠"} ${verdict(report)}`;
  const size = report.changes.length > 0 ? `${sizeText(report)}, ` : "";
  return `${COMMENT_MARK}\n${title}\n\n${size}from ${code(shortened(base))} to ${code(shortened(to))}.`;
}

const shortened = (name: string): string => (name.length > 200 ? `${name.slice(0, 199)}…` : name);

/** As many lines as fit, and how many do not. */
function section(lines: readonly string[], share: number, what: string, before = ""): string[] {
  if (lines.length === 0) return [];
  const shown: string[] = [];
  let left = share;
  for (const line of lines) {
    left -= bytes(line) + 1;
    if (left < 0) break;
    shown.push(line);
  }
  const hidden = lines.length - shown.length;
  return [
    [before, ...shown].filter(Boolean).join("\n"),
    ...(hidden > 0 ? [`**${plural(hidden, `more ${what}`)} did not fit here.**`] : []),
  ];
}

function flagTable({ flags, environments }: Report): string[] {
  return flags.map(({ severity, rule, resource, environments: some, reason }: Flag) => {
    const why = reason.length > 500 ? `${reason.slice(0, 499)}…` : reason;
    const where = environmentsText(some, environments);
    return `| ${icon[severity]} ${severity} | ${code(resource)} | ${text(where)} | ${text(why)} ${code(rule)} |`;
  });
}

function blockText({ environments }: Report, { change, changes, environments: some }: Block): string {
  const [first, ...others] = changes;
  const more = others.length > 0 ? ` and ${plural(others.length, "more resource")}` : "";
  const summary = `${mark[change]} <b>${html(titleOf(first))}</b>${more} · ${html(environmentsText(some, environments))}`;
  const named = others.length > 0 ? [namesOf(changes.map(titleOf))] : [];
  const lines = first.leaves.flatMap((leaf) => {
    const { path, removed, added, leading, trailing } = shownLeaf(
      (first.after ?? first.before)?.manifest.kind ?? "",
      leaf,
    );
    return [
      `@@ ${path} @@`,
      ...leading.map((line) => `  ${line}`),
      ...removed.map((line) => `- ${line}`),
      ...added.map((line) => `+ ${line}`),
      ...trailing.map((line) => `  ${line}`),
    ];
  });
  const body = [...named, ...(lines.length > 0 ? [fenced(lines)] : [])].join("\n\n");
  if (body === "") return `<details><summary>${summary}</summary></details>`;
  return `<details><summary>${summary}</summary>\n\n${fitted(body, named, lines)}\n\n</details>`;
}

/** What a block lists by name before it counts. */
const NAMED = 40;

const namesOf = (titles: readonly string[]): string =>
  [
    ...titles.slice(0, NAMED).map((title) => `- ${code(title)}`),
    ...(titles.length > NAMED ? [`- and ${titles.length - NAMED} more`] : []),
  ].join("\n");

/** A fence that nothing inside can close. */
function fenced(lines: readonly string[]): string {
  const longest =
    lines
      .join("\n")
      .match(/`{3,}/g)
      ?.reduce((most, run) => Math.max(most, run.length), 2) ?? 2;
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${lines.join("\n")}\n${fence}`;
}

function fitted(body: string, named: readonly string[], lines: readonly string[]): string {
  if (bytes(body) <= BLOCK_SHARE) return body;
  const shown: string[] = [];
  let left = BLOCK_SHARE - 200 - bytes(named.join("\n"));
  for (const line of lines) {
    const short = line.length > 1000 ? `${line.slice(0, 999)}…` : line;
    left -= bytes(short) + 1;
    if (left < 0) break;
    shown.push(short);
  }
  const hidden = lines.length - shown.length;
  return [
    ...named,
    fenced(shown),
    ...(hidden > 0 ? [`**${plural(hidden, "more line")} did not fit here.**`] : []),
  ].join("\n\n");
}

const html = (value: string): string =>
  oneLine(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("@", "&#64;");

/** Text that means nothing to Markdown: no markup, no mention, no reference, no cell of a table. */
const text = (value: string): string =>
  html(value).replace(/[\\`*_[\]|~]|#(?!\d+;)/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Inline code; also within a table. */
function code(value: string): string {
  const line = oneLine(value).replaceAll("|", "\\|");
  if (!line.includes("`")) return `\`${line}\``;
  return `<code>${text(value)}</code>`;
}
