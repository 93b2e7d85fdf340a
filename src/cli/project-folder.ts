import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "#model/user-error";

/** The project, where commands read pins and write renderings: the working directory, as npm sets it. */
export function projectFolder(): string {
  const folder = process.cwd();
  if (existsSync(join(folder, "src/system.ts"))) return folder;
  throw new UserError(`${folder} is not the project's folder`, "Run it there, with npm run");
}
