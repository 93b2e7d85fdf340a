import { existsSync, readdirSync } from "node:fs";
import type { Violation } from "#checks/rule";
import { checkAll } from "#checks/run";
import type { RenderedDocument } from "#emit/document";
import { renderFiles } from "#emit/render";
import { applyPlan, lockTree, planTree, type TreePlan } from "#emit/tree";
import type { Environment } from "#model/environment";
import type { ImagePins } from "#model/images";
import type { System } from "#model/system";
import { UserError } from "#model/user-error";
import { documentsOf } from "./documents.ts";

export interface RenderedEnvironment {
  readonly environment: Environment;
  readonly images: ImagePins;
  readonly documents: readonly RenderedDocument[];
  /** Final text by path below the output folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** Checks found something: nothing was written. */
export class ViolationsError extends UserError {
  override readonly name = "ViolationsError";
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(
      `${violations.length === 1 ? "1 rule is" : `${violations.length} rules are`} violated, nothing was written\n${violations.map(violationText).join("\n")}`,
      "Mend the model entries named above",
    );
    this.violations = violations;
  }
}

export const violationText = ({ rule, environment, resource, origin, problem, remedy }: Violation): string =>
  `  ${rule}  ${environment}  ${resource}  (${origin}): ${problem}. ${remedy}`;

export function renderEnvironment(model: System, environment: Environment, images: ImagePins): RenderedEnvironment {
  const documents = documentsOf({ model, environment, images });
  return { environment, images, documents, files: renderFiles(documents) };
}

/**
 * Runs every rule over the final text of every environment.
 * @returns what is only a warning
 * @throws ViolationsError listing everything that is violated
 */
export function assertChecked(model: System, rendered: readonly RenderedEnvironment[]): Violation[] {
  const violations = checkAll(model, rendered);
  const errors = violations.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ViolationsError(errors);
  return violations;
}

const allFiles = (rendered: readonly RenderedEnvironment[]): Map<string, string> =>
  new Map(rendered.flatMap(({ files }) => [...files]));

/** `all`: every environment was rendered, so that what is left of others is no longer declared. */
export type Extent = "all" | "some";

/** Compares a tree with what the model renders; reads only. */
export const compareTree = (folder: string, rendered: readonly RenderedEnvironment[], extent: Extent): TreePlan =>
  planTree(folder, allFiles(rendered), {
    scope: [
      ...new Set([
        ...rendered.map(({ environment }) => environment.name),
        ...(extent === "all" ? foldersIn(folder) : []),
      ]),
    ],
  });

/** Folders of environments, also of those that left the model. */
function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);
}

/** Brings a tree to what the model renders, all of it or nothing. */
export function writeTree(folder: string, rendered: readonly RenderedEnvironment[], extent: Extent): TreePlan {
  using lock = lockTree(folder);
  const plan = compareTree(folder, rendered, extent);
  applyPlan(plan, lock);
  return plan;
}
