import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { EmitError, explain } from "./errors.ts";
import { foldersOf, ignoring, withPublicModes } from "./files.ts";
import type { TreeLock } from "./lock.ts";
import type { TreePlan } from "./tree.ts";

/** What a run is about to do: while this file exists, whoever holds the lock undoes it. */
interface Journal {
  readonly added: readonly string[];
  /** Folders that come with the added files, outermost first. */
  readonly folders: readonly string[];
  /** Files that are moved away, `changed` and `removed` ones. */
  readonly replaced: readonly string[];
}

/**
 * Brings the tree to what was planned, as a whole or not at all. Everything new is first written beside the tree, then
 * swapped in by renames; whatever fails, the old tree stays or is put back, byte by byte. A killed run is undone by the
 * next `lockTree`. Not built for a power cut: nothing waits for the disk, git holds the last good state.
 *
 * @param lock held since before `plan` was made
 * @throws EmitError when the folder cannot be written
 */
export function applyPlan(plan: TreePlan, lock: TreeLock): void {
  const { root, added, changed, removed } = plan;
  if (root !== lock.root) throw new RangeError(`the plan is for ${root}, the lock for ${lock.root}`);
  if (added.length + changed.length + removed.length === 0) return;
  const folders = missingFolders(plan);
  const journal: Journal = { added, folders, replaced: [...changed, ...removed] };
  try {
    withPublicModes(() => {
      stage(plan, journal);
      swap(plan);
    });
  } catch (error) {
    throw undone(explain(error, lock.folder), root);
  }
  // The swap is done: what is left of the old files is the next run's to clear away if this fails.
  try {
    rmSync(staging(root), { recursive: true, force: true });
  } catch {}
}

/** Undoes what a killed or failed run left half done. What somebody changed since then stays as it is. */
export function repair(root: string): void {
  const at = staging(root);
  const started = stat(at)?.isDirectory() ? stat(`${at}/journal`)?.mtimeMs : undefined;
  if (started !== undefined) {
    const journal = readJournal(`${at}/journal`);
    withPublicModes(() => undo(root, journal, started));
    unlinkSync(`${at}/journal`);
  }
  rmSync(at, { recursive: true, force: true });
}

function stage({ root, files, added, changed }: TreePlan, journal: Journal): void {
  const at = staging(root);
  const written = [...added, ...changed];
  makeFolders(`${at}/new`, written);
  makeFolders(`${at}/old`, journal.replaced);
  for (const path of written) writeFileSync(`${at}/new/${path}`, files.get(path) ?? "");
  writeFileSync(`${at}/journal.part`, JSON.stringify(journal));
  renameSync(`${at}/journal.part`, `${at}/journal`);
}

/** Removals come first: where case is ignored, `A.yaml` may take the place of `a.yaml`. */
function swap({ root, added, changed, removed, folders }: TreePlan): void {
  const at = staging(root);
  for (const path of removed) renameSync(`${root}/${path}`, `${at}/old/${path}`);
  for (const path of changed) {
    renameSync(`${root}/${path}`, `${at}/old/${path}`);
    renameSync(`${at}/new/${path}`, `${root}/${path}`);
  }
  // A folder that did not exist comes as one.
  const moves = new Set(added.map((path) => foldersOf(path).find((folder) => !folders.has(folder)) ?? path));
  for (const path of moves) renameSync(`${at}/new/${path}`, `${root}/${path}`);
  for (const path of removed) removeEmptyFolders(root, path);
  unlinkSync(`${at}/journal`);
}

function undo(root: string, { added, folders, replaced }: Journal, started: number): void {
  const at = staging(root);
  const untouched = (path: string): boolean => (stat(path)?.mtimeMs ?? 0) <= started;
  for (const path of added) {
    if (stat(`${at}/new/${path}`) === undefined && untouched(`${root}/${path}`))
      rmSync(`${root}/${path}`, { force: true });
  }
  for (const folder of folders.toReversed()) {
    ignoring(["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR"], () => rmdirSync(`${root}/${folder}`));
  }
  for (const path of replaced) {
    if (stat(`${at}/old/${path}`) === undefined || !untouched(`${root}/${path}`)) continue;
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    renameSync(`${at}/old/${path}`, `${root}/${path}`);
  }
}

function undone(error: unknown, root: string): unknown {
  try {
    repair(root);
    return error;
  } catch {
    if (!(error instanceof EmitError)) return error;
    const { message, remedy, cause } = error;
    return new EmitError(`${message}, nor put back as it was`, `${remedy}: that puts it back first`, { cause });
  }
}

/** A journal is renamed into place whole; after a power cut it may be empty all the same. */
function readJournal(path: string): Journal {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Journal;
  } catch (cause) {
    throw new EmitError(`${path} cannot be read`, "Restore the folder with git, then delete its .synth-staging", {
      cause,
    });
  }
}

function missingFolders({ added, folders }: TreePlan): string[] {
  const missing = new Set<string>();
  for (const path of added) for (const folder of foldersOf(path)) if (!folders.has(folder)) missing.add(folder);
  return [...missing];
}

function makeFolders(base: string, paths: readonly string[]): void {
  mkdirSync(base, { recursive: true });
  for (const folder of new Set(paths.map((path) => dirname(path)))) mkdirSync(`${base}/${folder}`, { recursive: true });
}

function removeEmptyFolders(root: string, path: string): void {
  for (const folder of foldersOf(path).toReversed()) {
    if (ignoring(["ENOTEMPTY", "EEXIST", "ENOENT"], () => rmdirSync(`${root}/${folder}`) ?? true) === undefined) return;
  }
}

function stat(path: string): Stats | undefined {
  return ignoring(["ENOENT", "ENOTDIR"], () => lstatSync(path));
}

function staging(root: string): string {
  return `${root}/.synth-staging`;
}
