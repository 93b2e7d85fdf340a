import { UserError } from "#model/user-error";

/** The rendering cannot be written or read as it is. */
export class EmitError extends UserError {
  override readonly name = "EmitError";
}

const noRoom = ["it has no room left", "Free some space there and run it again"] as const;
const noRight = ["permission denied", "Make the folder writable for this user, or choose another with --out"] as const;

/** What a failed system call means to a person, by errno name. */
const causes: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  EACCES: noRight,
  EPERM: noRight,
  EROFS: ["it is on a read-only file system", "Choose another folder with --out"],
  ENOTDIR: ["a file stands where a folder is needed", "Move that file away and run it again"],
  EEXIST: ["a file stands where a folder is needed", "Move that file away and run it again"],
  EISDIR: ["a folder stands where a file is needed", "Move that folder away and run it again"],
  ENOSPC: noRoom,
  EDQUOT: noRoom,
  EFBIG: ["a file would be larger than this user may write", "Raise the limit (ulimit -f) and run it again"],
  EXDEV: ["a part of it is on another file system", "Keep the whole folder on one file system"],
};

/** A failed system call as an `EmitError` about `folder`; every other error is a bug and is returned as it is. */
export function explain(error: unknown, folder: string): unknown {
  const { syscall, code, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (syscall === undefined || code === undefined || error instanceof EmitError) return error;
  const [problem, remedy] = causes[code] ?? [code, "Look at what stands there and run it again"];
  // Of a rename, the end that lies in the tree; our lock and staging folder mean nothing to a reader.
  const where = [dest, path].find((end) => end !== undefined && !end.includes("/.synth"));
  const shown = where === undefined || where === folder ? "" : ` (${where})`;
  return new EmitError(`cannot write ${folder}: ${problem}${shown}`, remedy, { cause: error });
}
