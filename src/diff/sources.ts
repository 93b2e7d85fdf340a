/** Says which two renderings are meant, and reads them. */
import { existsSync, statSync } from "node:fs";
import { readFolder } from "./folder-tree.ts";
import { defaultBranch, Git, mergeBase } from "./git.ts";
import { type RefTree, readRefs } from "./git-tree.ts";
import { DiffError, isManifestPath, type Tree } from "./tree.ts";

export interface Wanted {
  /** Folder that relative names and the repository are looked up from. */
  readonly root: string;
  /** A git ref (`REF` or `REF:FOLDER`) or a folder. @default the merge base with the main branch */
  readonly base?: string;
  /** A git ref or a folder. @default the working tree's `gitops/` */
  readonly head?: string;
  /** Compare with the base itself instead of the merge base. */
  readonly exact?: boolean;
  /** What the model renders now, instead of a head; then the default base is the working tree's `gitops/`. */
  readonly model?: () => Tree;
}

/** Where a rendering stands in the project and in its commits. */
export const RENDERED = "gitops";

type Place = { readonly folder: string } | { readonly ref: RefTree };

/** @throws DiffError naming what cannot be read and what to do about it */
export function readSources(wanted: Wanted): readonly [base: Tree, head: Tree] {
  const git = new Git(wanted.root);
  const head = wanted.head === undefined ? undefined : placeOf(git, wanted, wanted.head);
  const base = basePlace(git, wanted, head);
  const working: Place = { folder: inside(wanted.root, RENDERED) };
  const places = wanted.model ? [base] : [base, head ?? working];
  const trees = readPlaces(git, places);
  const [before, after = wanted.model?.()] = trees;
  if (!before || !after) throw new RangeError("two renderings are needed");
  if (places.length === 2 && !holdsManifests(after)) throw empty(after);
  // The first commit that has a rendering is compared with nothing.
  if (!holdsManifests(before) && !("ref" in base)) throw empty(before);
  return [before, after];
}

const holdsManifests = ({ files }: Tree): boolean => [...files.keys()].some(isManifestPath);

const empty = ({ label }: Tree): DiffError =>
  new DiffError(`${label} holds no manifests`, "Name a folder with YAML files, or render one with npm run synth");

const inside = (root: string, folder: string): string => (folder.startsWith("/") ? folder : `${root}/${folder}`);

function readPlaces(git: Git, places: readonly Place[]): Tree[] {
  const refs = places.flatMap((place) => ("ref" in place ? [place.ref] : []));
  const read = refs.length > 0 ? readRefs(git, refs) : [];
  return places.map((place) =>
    "ref" in place ? (read.shift() as Tree) : { ...readFolder(place.folder), label: shortened(place.folder) },
  );
}

const shortened = (folder: string): string => {
  const here = `${process.cwd()}/`;
  return folder.startsWith(here) ? folder.slice(here.length) : folder;
};

function basePlace(git: Git, { root, base, exact, model }: Wanted, head: Place | undefined): Place {
  if (base === undefined && model) return { folder: inside(root, RENDERED) };
  const name = base ?? defaultBranch(git);
  const place = placeOf(git, { root }, name);
  if (!("ref" in place) || exact || (head && "folder" in head)) return place;
  const tip = head && "ref" in head ? head.ref.commit : git.commit("HEAD");
  if (tip === undefined) throw new DiffError("there is no commit yet", "Commit something, or name two folders");
  const commit = mergeBase(git, place.ref.commit, tip);
  const label =
    commit === place.ref.commit ? place.ref.label : `the merge base with ${place.ref.label} (${commit.slice(0, 7)})`;
  return { ref: { ...place.ref, commit, label } };
}

/** `./x`, `/x` and `x/` are folders; anything else is a ref where git knows it, else a folder. */
function placeOf(git: Git, { root }: Pick<Wanted, "root">, name: string): Place {
  const folder = inside(root, name);
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  if (/^\.{0,2}\/|\/$|^\.{1,2}$/.test(name)) {
    if (existsSync(folder) && !isFolder) throw new DiffError(`${name} is no folder`, "Name a folder or a git ref");
    if (!isFolder) throw new DiffError(`there is no folder ${name}`, "Name a folder or a git ref");
    return { folder };
  }
  if (isFolder && !couldBeRef(git, name)) return { folder };
  const [ref = "", path = RENDERED] = name.split(":", 2);
  const commit = git.commit(ref);
  if (commit === undefined) {
    const shallow = git.isShallow ? "; this clone is shallow, so it may have to be fetched first" : "";
    throw new DiffError(`${name} is neither a git ref nor a folder`, `See git branch --all and git tag${shallow}`);
  }
  const short = commit.slice(0, 7);
  const label = `${name}${commit.startsWith(ref) ? "" : ` (${short})`}`;
  return { ref: { commit, folder: path, label } };
}

/** Outside a repository a folder is a folder. */
function couldBeRef(git: Git, name: string): boolean {
  try {
    return git.commit(name) !== undefined;
  } catch (error) {
    if (error instanceof DiffError) return false;
    throw error;
  }
}
