/** The report as one page that needs nothing else: side by side, with filters and a picture. */
import type { CostChange } from "#cost/change";
import { type Block, blocksOf, environmentsText, mark, plural, sizeText, titleOf, verdict } from "./blocks.ts";
import { costLines } from "./cost-text.ts";
import type { Severity } from "./flags/rule.ts";
import { severities } from "./flags/rule.ts";
import { script, style } from "./html-assets.ts";
import { markTopology, type NodeMark } from "./html-topology.ts";
import type { Change, Flag, Report } from "./report.ts";
import { documentText, oneLine, shownLeaf } from "./show.ts";

export interface PageExtras {
  readonly cost: readonly CostChange[];
  /** The topology as an SVG with nodes by id. */
  readonly topology?: string;
}

/** @returns a whole HTML document; everything that comes from a rendering is escaped */
export function reportHtml(report: Report, { cost, topology }: PageExtras): string {
  const worst = worstByResource(report);
  const rank = (block: Block): number => weights.indexOf(worstOf(block, worst));
  const blocks = blocksOf(report).sort((a, b) => rank(b) - rank(a));
  const anchors = new Map(
    blocks.flatMap(({ changes }, index) => changes.flatMap(namesOf).map((name) => [name, `c${index}`])),
  );
  const kinds = [...new Set(report.changes.map(({ resource }) => resource.split("/")[1] ?? ""))].sort();
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(verdict(report))}: ${escaped(report.base)} to ${escaped(report.head)}</title>
<style>${style}</style>
<header class="d-head">
<div class="d-verdict ${tone(report)}"><h1>${escaped(verdict(report))}</h1><p>${escaped(sizeText(report))}</p></div>
<dl class="d-sides"><div><dt>before</dt><dd>${escaped(report.base)}</dd></div><div><dt>after</dt><dd>${escaped(report.head)}</dd></div></dl>
</header>
<form class="d-filters" role="search" aria-label="What to show">
<label class="d-search"><span>Search</span><input type="search" id="d-search" placeholder="name, path, value" autocomplete="off"><kbd>/</kbd></label>
${chips("severity", "Flagged", [...weights].reverse())}
${chips("environment", "Environment", report.environments)}
<label>Kind <select id="d-kind"><option value="">all kinds</option>${kinds.map((kind) => `<option>${escaped(kind)}</option>`).join("")}</select></label>
<button type="reset">Show all</button><output id="d-count" aria-live="polite"></output>
</form>
<main>
${flagSection(report, anchors)}
${costSection(cost)}
${topologySection(report, topology)}
<section aria-labelledby="d-changes"><h2 id="d-changes">Changes <small><kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>o</kbd> open or close</small></h2>
${blocks.map((block, index) => blockArticle(report, block, worst, `c${index}`)).join("\n")}
<p class="d-none" hidden>Nothing matches these filters.</p></section>
</main>
<script>${script}</script>
</html>
`;
}

/** From harmless to dangerous. */
const weights: readonly NodeMark[] = ["none", ...severities];

const worstOf = ({ changes }: Block, worst: ReadonlyMap<string, Severity>): NodeMark =>
  changes
    .map((change) => severityOf(change, worst))
    .reduce((a, b) => (weights.indexOf(b) > weights.indexOf(a) ? b : a));

const namesOf = ({ resource, from }: Change): string[] => (from === undefined ? [resource] : [resource, from]);

const tone = ({ routine, flags }: Report): string =>
  routine ? "is-routine" : flags.some(({ severity }) => severity === "danger") ? "is-danger" : "is-warning";

const escaped = (text: string): string =>
  oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function chips(name: string, title: string, values: readonly string[]): string {
  const boxes = values.map(
    (value) =>
      `<label class="d-chip d-${name}-${escaped(value)}"><input type="checkbox" name="${name}" value="${escaped(value)}" checked><span>${value === "none" ? "not flagged" : escaped(value)}</span></label>`,
  );
  return `<fieldset><legend>${title}</legend>${boxes.join("")}</fieldset>`;
}

function worstByResource({ flags }: Report): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>();
  // Worst first: the first of a resource counts.
  for (const { resource, severity } of flags) if (!worst.has(resource)) worst.set(resource, severity);
  return worst;
}

const severityOf = (change: Change, worst: ReadonlyMap<string, Severity>): Severity | "none" =>
  worst.get(change.resource) ?? (change.from === undefined ? undefined : worst.get(change.from)) ?? "none";

function flagSection({ flags, environments }: Report, anchors: ReadonlyMap<string, string>): string {
  if (flags.length === 0) return "";
  const rows = flags.map(({ severity, rule, resource, environments: some, reason }: Flag) => {
    const attributes = filterAttributes(severity, some, resource.split("/")[1] ?? "");
    return `<tr ${attributes}><td><span class="d-severity d-${severity}">${severity}</span></td><td>${linked(resource, anchors)}</td><td>${places(some, environments)}</td><td>${escaped(reason)} <code class="d-rule">${escaped(rule)}</code></td></tr>`;
  });
  return `<section aria-labelledby="d-flags"><h2 id="d-flags">What to look at</h2><table class="d-flags"><thead><tr><th>Severity</th><th>Resource</th><th>Where</th><th>Why</th></tr></thead><tbody>${rows.join("\n")}</tbody></table></section>`;
}

const linked = (resource: string, anchors: ReadonlyMap<string, string>): string => {
  const anchor = anchors.get(resource);
  const name = `<code>${escaped(resource)}</code>`;
  return anchor === undefined ? name : `<a href="#${anchor}">${name}</a>`;
};

/** A name is never broken in two. */
const places = (some: readonly string[], all: readonly string[]): string =>
  environmentsText(some, all)
    .split(", ")
    .map((name) => `<span class="d-place">${escaped(name)}</span>`)
    .join(", ");

const filterAttributes = (severity: string, environments: readonly string[], kind: string): string =>
  `data-severity="${severity}" data-environments="${escaped(environments.join(" "))}" data-kind="${escaped(kind)}"`;

function costSection(cost: readonly CostChange[]): string {
  if (cost.length === 0) return "";
  const items = costLines(cost).map((line) => `<li>${escaped(line)}</li>`);
  return `<section aria-labelledby="d-cost"><h2 id="d-cost">Cost <small>as far as prices are known</small></h2><ul>${items.join("")}</ul></section>`;
}

/** Which services, topics and stores are touched, and how badly. */
function topologySection(report: Report, topology: string | undefined): string {
  if (topology === undefined) return "";
  const worst = worstByResource(report);
  const marks = new Map<string, NodeMark>();
  for (const change of report.changes) {
    const [, node] =
      /^(?:services|topics|stores|outside)\.([\w-]+)/.exec((change.after ?? change.before)?.origin ?? "") ?? [];
    if (node === undefined) continue;
    const severity = severityOf(change, worst);
    const known = marks.get(node);
    if (known === undefined || weights.indexOf(severity) > weights.indexOf(known)) marks.set(node, severity);
  }
  if (marks.size === 0) return "";
  const picture = markTopology(topology, marks);
  return `<details class="d-topology" open><summary>Where it changes: ${escaped([...marks.keys()].join(", "))}</summary><div>${picture}</div></details>`;
}

function blockArticle(
  { environments }: Report,
  { change, changes, environments: some }: Block,
  worst: ReadonlyMap<string, Severity>,
  id: string,
): string {
  const [first, ...others] = changes;
  const severity = worstOf({ change, changes, environments: some }, worst);
  const kind = first.resource.split("/")[1] ?? "";
  const badge = severity === "none" ? "" : `<span class="d-severity d-${severity}">${severity}</span>`;
  const more = others.length > 0 ? ` <small>and ${plural(others.length, "more resource")}</small>` : "";
  const title = `<span class="d-mark d-mark-${first.change}" title="${first.change}">${mark[first.change]}</span><code>${escaped(titleOf(first))}</code>${more}<span class="d-where">${escaped(environmentsText(some, environments))}</span>${badge}`;
  // Of an environment's own documents the environment is said already.
  const origin = (first.after ?? first.before)?.origin.replace(/^environments\..*/, "");
  const list =
    others.length > 0
      ? `<ul class="d-others">${changes.map((each) => `<li><code>${escaped(titleOf(each))}</code></li>`).join("")}</ul>`
      : "";
  const open = first.leaves.length > 0 ? " open" : "";
  return `<article id="${id}" ${filterAttributes(severity, some, kind)} tabindex="-1"><details${open}><summary>${title}</summary>${
    origin ? `<p class="d-origin">from <code>${escaped(origin)}</code></p>` : ""
  }${list}${first.leaves.length > 0 ? leafTable(first) : wholeText(first)}</details></article>`;
}

function leafTable(change: Change): string {
  const kind = (change.after ?? change.before)?.manifest.kind ?? "";
  const rows = change.leaves.map((leaf) => {
    const { path, removed, added, leading, trailing } = shownLeaf(kind, leaf);
    const [old, now] = inline(removed, added);
    const side = (lines: string, name: string, present: boolean): string =>
      present
        ? `<pre class="${name}">${context(leading)}${lines}${context(trailing)}</pre>`
        : `<span class="d-absent">not there</span>`;
    return `<tr><th scope="row">${escaped(path)}</th><td>${side(old, "d-old", leaf.before !== undefined)}</td><td>${side(now, "d-new", leaf.after !== undefined)}</td></tr>`;
  });
  return `<table class="d-leaves"><thead><tr><th>Path</th><th>Before</th><th>After</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

const context = (lines: readonly string[]): string =>
  lines.map((line) => `<span class="d-context">${escaped(line)}\n</span>`).join("");
const plainLines = (lines: readonly string[]): string => lines.map((line) => `${escaped(line)}\n`).join("");

const isInWord = (line: string, at: number): boolean => /\w/.test(line[at - 1] ?? "") && /\w/.test(line[at] ?? "");

/** Of two lines, what differs between them is marked. */
function inline(removed: readonly string[], added: readonly string[]): [string, string] {
  const [old = "", now = ""] = [removed[0], added[0]];
  if (removed.length !== 1 || added.length !== 1) return [plainLines(removed), plainLines(added)];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  while (start > 0 && isInWord(old, start)) start--;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  while (end > 0 && isInWord(old, old.length - end)) end--;
  const marked = (line: string): string =>
    `${escaped(line.slice(0, start))}<mark>${escaped(line.slice(start, line.length - end))}</mark>${escaped(line.slice(line.length - end))}\n`;
  return [marked(old), marked(now)];
}

/** What was added or removed whole. */
function wholeText({ before, after, change }: Change): string {
  const document = after ?? before;
  if (!document) return "";
  if (change === "renamed")
    return `<p>Moved from <code>${escaped(before?.path ?? "")}</code> to <code>${escaped(after?.path ?? "")}</code>.</p>`;
  const lines = documentText(document.manifest).split("\n");
  return `<pre class="${change === "added" ? "d-new" : "d-old"} d-whole">${plainLines(lines)}</pre>`;
}
