import { readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { DiffError, type Tree, type TreeFile } from "./tree.ts";

/** Reads a folder as it is. @throws DiffError where it cannot be read or holds links */
export function readFolder(folder: string): Tree {
  const root = resolve(folder);
  const files = new Map<string, TreeFile>();
  const visit = (path: string): void => {
    for (const entry of readdirSync(path === "" ? root : `${root}/${path}`, { withFileTypes: true })) {
      // `.git` and what the writer of a rendering keeps for itself.
      if (entry.name.startsWith(".")) continue;
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) visit(child);
      else if (entry.isFile()) files.set(child, { text: readFileSync(`${root}/${child}`, "utf8") });
      else {
        throw new DiffError(
          `${folder}/${child} is no plain file, which a rendering must not hold`,
          "Replace it by a plain file, or delete it",
        );
      }
    }
  };
  try {
    visit("");
  } catch (error) {
    throw explained(error, folder);
  }
  return { label: folder, name: basename(root), files };
}

function explained(error: unknown, folder: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof DiffError || code === undefined) return error;
  const remedies: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ["it does not exist", "Name a folder or a git ref"],
    ENOTDIR: ["it is no folder", "Name a folder or a git ref"],
    EACCES: ["permission denied", "Make it readable for this user"],
    EPERM: ["permission denied", "Make it readable for this user"],
  };
  const [problem, remedy] = remedies[code] ?? [code, "Look at what stands there"];
  const where = path === undefined || resolve(path) === resolve(folder) ? "" : ` (${path})`;
  return new DiffError(`cannot read ${folder}: ${problem}${where}`, remedy, { cause: error });
}
