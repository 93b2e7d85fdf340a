/** What `npm run synth` should leave in `gitops/`: what the model renders, and what stays as it was promoted. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TreePlan } from "#emit/tree";
import { UserError } from "#model/user-error";
import type { RenderedEnvironment } from "#synth/synth";
import {
  type Difference,
  differenceOf,
  isFrozen,
  isInForce,
  layFrozen,
  pinTexts,
  recordOf,
  type TextSource,
} from "./frozen.ts";
import { CODE, modelCommit } from "./model-code.ts";
import { fromFolder, type Rendering, readRendering, renderedFile } from "./records.ts";
import { Repository } from "./repository.ts";

export interface Settled {
  /** With the files that should stand in `gitops/`. */
  readonly rendered: RenderedEnvironment;
  /** What decides that some of them stay; `null`: all of them come from the model. */
  readonly record: Rendering | null;
  /** It was not recorded yet: `record` is to be written. */
  readonly isFirst: boolean;
  /** What the model would change in what stays. */
  readonly promotion: Difference;
  readonly lost: readonly string[];
  /** The images file is not what the environment was rendered with. */
  readonly pinsEdited: boolean;
}

/** Lays every record over what the model renders. Reads only. @throws UserError for a corrupted record */
export function settle(root: string, rendered: readonly RenderedEnvironment[]): Settled[] {
  const find = once(() => Repository.find(root));
  return rendered.map((each) => settleOne(root, each, find));
}

function settleOne(root: string, rendered: RenderedEnvironment, find: () => Repository | null): Settled {
  const { environment, images, files } = rendered;
  const free = { rendered, promotion: { added: 0, changed: 0, removed: 0 }, lost: [], pinsEdited: false };
  const record = readRendering(fromFolder(root), environment.name);
  if (!environment.held && !isInForce(environment, record)) return { ...free, record: null, isFirst: false };
  const first = (): Settled => ({ ...free, record: recordOf(modelCommit(find()), images, files), isFirst: true });
  if (record === null) return first();

  const read = fromFolder(root);
  const sources: TextSource[] = [
    (path) => read(`gitops/${path}`),
    (path) => files.get(path),
    (path) => find()?.show("HEAD", `gitops/${path}`),
  ];
  const desired = layFrozen(rendered, record, sources);
  const isGone = !existsSync(join(root, "gitops", environment.name));
  if (environment.held && desired.lost.length > 0 && isGone && !isCommitted(find(), environment.name)) return first();
  return {
    ...desired,
    record,
    isFirst: false,
    promotion: differenceOf(desired.rendered.files, files),
    pinsEdited: environment.held && !isSameSet(record.images, pinTexts(images)),
  };
}

const isCommitted = (repository: Repository | null, environment: string): boolean =>
  repository !== null && repository.list("HEAD", `gitops/${environment}`).size > 0;

const isSameSet = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (image) => (a[image] ?? "unreleased") === (b[image] ?? "unreleased"),
  );

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** @throws UserError when a file that should stay was edited by hand, or is gone and nowhere to be had */
export function assertUntouched(settled: readonly Settled[], plan: TreePlan): void {
  for (const { rendered, record, isFirst, lost } of settled) {
    // The first rendering of an environment overwrites what an earlier model left there.
    if (record === null || isFirst) continue;
    const touched = [...plan.changed, ...plan.removed, ...lost].filter((path) =>
      isFrozen(rendered.environment, record, path),
    );
    const [first, ...more] = [...new Set(touched)];
    if (first === undefined) continue;
    const { name } = rendered.environment;
    throw new UserError(
      `gitops/${first} ${more.length > 0 ? `and ${more.length} more were` : "was"} edited by hand, and ${name} is ${record.pin ? "rolled back" : "held"}`,
      `Undo it with git checkout HEAD -- gitops/${name}, then change the model and run npm run promote`,
    );
  }
}

/** What differs from the rendering though the model did not change: edited by hand, about to be overwritten. */
export function editedByHand(root: string, settled: readonly Settled[], plan: TreePlan): string[] {
  const paths = [...plan.changed, ...plan.removed];
  const repository = paths.length > 0 ? Repository.find(root) : null;
  if (repository === null) return [...plan.edited];
  const isModelCommitted = repository.isSame("HEAD", [...CODE, "config/images"]);
  const isFirst = (path: string): boolean =>
    settled.some(({ isFirst, rendered }) => isFirst && path.startsWith(`${rendered.environment.name}/`));
  const committed = isModelCommitted ? null : repository.texts("HEAD", "gitops");
  // With a changed model, only what the last commit has as it is rendered now was certainly edited.
  const isEdited = (path: string): boolean =>
    committed === null || (plan.files.has(path) && committed.get(`gitops/${path}`) === plan.files.get(path));
  return paths.filter((path) => !isFirst(path) && isEdited(path));
}

/** Records of environments that are neither held nor rolled back any more. */
export const leftOver = (root: string, settled: readonly Settled[]): string[] =>
  settled
    .filter(({ record }) => record === null)
    .map(({ rendered }) => renderedFile(rendered.environment.name))
    .filter((path) => existsSync(join(root, path)));
