import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ignoring, withPublicModes } from "#emit/files";
import { UserError } from "#model/user-error";
import type { Changes } from "./commit.ts";

/**
 * Writes small files of the project, each of them whole or not at all; when one fails, those before it are put back.
 * @throws UserError naming the file that cannot be written
 */
export function writeTexts(root: string, changes: Changes): void {
  const done = new Map<string, string | null>();
  for (const [path, text] of changes) {
    const file = join(root, path);
    try {
      const before = ignoring(["ENOENT"], () => readFileSync(file, "utf8")) ?? null;
      if (before === text) continue;
      write(file, text);
      done.set(path, before);
    } catch (cause) {
      for (const [earlier, before] of done) write(join(root, earlier), before);
      const code = (cause as NodeJS.ErrnoException).code;
      throw new UserError(`cannot write ${path}: ${code}`, "Make it writable for this user", { cause });
    }
  }
}

function write(file: string, text: string | null): void {
  if (text === null) {
    rmSync(file, { force: true });
    return;
  }
  const beside = `${file}.${process.pid}`;
  withPublicModes(() => mkdirSync(dirname(file), { recursive: true }));
  try {
    withPublicModes(() => writeFileSync(beside, text));
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
