/** PostgreSQL refuses to run as root: then it runs as another user, who must be able to reach its files. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LocalError } from "../local-error.ts";

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** @returns undefined when this process is not root, or the system knows no users */
export function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number.parseInt(spawnSync("id", [flag, name]).stdout?.toString(), 10),
    );
    if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid };
  }
  throw new LocalError(
    "PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run as an ordinary user",
  );
}

const shell = (script: string, argument: string, user: User): boolean =>
  spawnSync("/bin/sh", ["-c", script, "sh", argument], { ...user, stdio: "ignore", cwd: "/" }).status === 0;

/**
 * The folder of the binaries, or a copy of it where the user can reach it: a checkout may lie below a folder of mode 700,
 * and a spawn that fails for it cannot be caught.
 */
export function reachableBinaries(native: string, user: User | undefined): string {
  if (!user || shell('test -x "$1/bin/postgres"', native, user)) return native;
  const copy = join(tmpdir(), `todo-postgres-${fingerprint(native)}`);
  if (!existsSync(join(copy, "bin", "postgres"))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  if (!shell('test -x "$1/bin/postgres"', copy, user)) throw unreachable(copy);
  return copy;
}

/** The data folder, made and owned by the user; elsewhere where he cannot reach the one that was asked for. */
export function reachableData(wanted: string, user: User | undefined): string {
  mkdirSync(dirname(wanted), { recursive: true });
  if (!user) return wanted;
  for (const folder of dataFolders(wanted)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, user.uid, user.gid);
    if (shell('test -w "$1"', folder, user)) return folder;
  }
  throw unreachable(wanted);
}

/** Where the data may lie that is wanted here, in the order in which places are tried. */
export const dataFolders = (wanted: string): readonly string[] => [
  wanted,
  join("/var/tmp", `todo-data-${fingerprint(wanted)}`),
];

const fingerprint = (path: string): string => createHash("sha256").update(path).digest("hex").slice(0, 12);

const unreachable = (path: string): LocalError =>
  new LocalError(
    `${path} cannot be reached by the user that PostgreSQL runs as: move the checkout, or set DATABASE_URL`,
  );
