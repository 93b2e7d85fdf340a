import { UserError } from "#model/user-error";

/** One file of a rendering. */
export interface TreeFile {
  /** Name of its bytes, equal exactly where the bytes are; absent where computing it costs more than comparing them. */
  readonly id?: string;
  readonly text: string;
}

/** A rendering, wherever it was read from. */
export interface Tree {
  /** How to call it in a sentence, e.g. `main (3f2a1b0)`. */
  readonly label: string;
  /** Last part of the folder's name: the environment, where the folder holds only one. */
  readonly name: string;
  /** By path below the rendering's folder, with `/`. */
  readonly files: ReadonlyMap<string, TreeFile>;
}

/** What was asked to be compared cannot be. */
export class DiffError extends UserError {
  override readonly name = "DiffError";
}

/** What Argo CD takes for manifests in a folder. */
export const isManifestPath = (path: string): boolean => /\.(?:ya?ml|json)$/.test(path);

/** The same bytes, without reading them where both have a name. */
export const sameBytes = (a: TreeFile, b: TreeFile): boolean =>
  a.id !== undefined && b.id !== undefined ? a.id === b.id : a.text === b.text;
