import {
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { EmitError, explain } from "./errors.ts";
import { ignoring, withPublicModes } from "./files.ts";
import { repair } from "./swap.ts";

/** The right to change a rendered tree: one process of this machine holds it. `using` gives it back. */
export interface TreeLock extends Disposable {
  /** The output folder as it was given, for messages. */
  readonly folder: string;
  /** The output folder, absolute, symbolic links resolved. */
  readonly root: string;
}

const taken = ["ENOTEMPTY", "EEXIST"] as const;
const takenOrGone = [...taken, "ENOENT"] as const;

/** Locks of this very process: in a container an earlier, killed one may have had the same id. */
const ours = new Set<string>();

/**
 * Takes the tree for this process, makes the folder where there is none, undoes what a killed run left half done.
 * @throws EmitError when another run holds it or the folder cannot be written
 */
export function lockTree(folder: string): TreeLock {
  try {
    const made = withPublicModes(() => mkdirSync(folder, { recursive: true }));
    const root = realpathSync(folder);
    const token = acquire(root, folder);
    const release = (): void => {
      ours.delete(token);
      // What cannot be deleted now is a dead lock to the next run.
      try {
        unlinkSync(`${root}/.synth.lock/${token}`);
        rmdirSync(`${root}/.synth.lock`);
        if (made !== undefined) removeEmpty(resolve(folder), resolve(made));
      } catch {}
    };
    try {
      repair(root);
    } catch (error) {
      release();
      throw error;
    }
    return { folder, root, [Symbol.dispose]: release };
  } catch (error) {
    throw explain(error, folder);
  }
}

/**
 * The lock is a folder that holds one file, `.synth.lock/<pid>-<when>`. It appears whole, by a rename that fails while
 * another lock is there. A dead one is broken by deleting that file by its name, which no living lock ever has.
 */
function acquire(root: string, folder: string): string {
  const lock = `${root}/.synth.lock`;
  const token = `${process.pid}-${process.hrtime.bigint()}`;
  const prepared = `${lock}-${token}`;
  ours.add(token);
  try {
    mkdirSync(prepared);
    writeFileSync(`${prepared}/${token}`, "");
    for (;;) {
      const holders = ignoring(["ENOENT"], () => readdirSync(lock)) ?? [];
      const alive = holders.find(isAlive);
      if (alive !== undefined) throw heldBy(alive, folder);
      for (const dead of holders) ignoring(["ENOENT"], () => unlinkSync(`${lock}/${dead}`));
      ignoring(takenOrGone, () => rmdirSync(lock));
      if (ignoring(taken, () => renameSync(prepared, lock) ?? true)) break;
    }
  } catch (error) {
    ours.delete(token);
    rmSync(prepared, { recursive: true, force: true });
    throw error;
  }
  sweep(root);
  return token;
}

function isAlive(token: string): boolean {
  const pid = Number.parseInt(token, 10);
  if (!(pid > 0)) return false;
  if (pid === process.pid) return ours.has(token);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function heldBy(token: string, folder: string): EmitError {
  return new EmitError(
    `another run (process ${Number.parseInt(token, 10)}) is writing ${folder}`,
    `Wait until it is done; if there is none, delete ${folder}/.synth.lock`,
  );
}

/** Locks that killed processes prepared and never took. */
function sweep(root: string): void {
  const prefix = ".synth.lock-";
  for (const name of readdirSync(root)) {
    if (!name.startsWith(prefix) || isAlive(name.slice(prefix.length))) continue;
    rmSync(`${root}/${name}`, { recursive: true, force: true });
  }
}

/** A run that wrote nothing leaves no empty folders behind. */
function removeEmpty(folder: string, outermost: string): void {
  for (let path = folder; path.startsWith(outermost); path = dirname(path)) {
    if (ignoring(takenOrGone, () => rmdirSync(path) ?? true) === undefined) return;
  }
}
