import { costChanges } from "#cost/change";
import { reportMarkdown } from "#diff/markdown";
import { type Report, reportOn } from "#diff/report";
import type { Tree } from "#diff/tree";
import { environments } from "#environments";
import type { Files } from "./render-at.ts";

/** Texts by path below `gitops/` as the comparison reads them. */
const treeOf = (label: string, files: Files): Tree => ({
  label,
  name: "gitops",
  files: new Map([...files].map(([path, text]) => [path, { text }])),
});

/** What changes from one rendering to another. */
export const compared = (
  before: readonly [label: string, files: Files],
  after: readonly [label: string, files: Files],
): Report => reportOn(treeOf(...before), treeOf(...after));

/** The comparison for a pull request. @param limit in characters */
export const markdownOf = (report: Report, limit?: number): string =>
  reportMarkdown(
    report,
    costChanges(environments, report.environments, report.comparison.base, report.comparison.head),
    limit,
  );
