import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type EngineName, type EnginePin, enginePins, type GoEngine } from "./pins.ts";

const here = import.meta.dirname;

/** Where engines are kept: `$TODO_ENGINES_DIR`, else `todo-engines` in the user's cache folder. */
export function enginesFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.TODO_ENGINES_DIR || join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "todo-engines");
}

/** The committed files that decide what an engine is made of. */
export function recipeFiles(pin: Exclude<EnginePin, { from: "debian" }>): readonly string[] {
  switch (pin.from) {
    case "go":
      return ["go.mod", "go.sum", ...(pin.sources ?? [])].map((file) => join(here, "go", pin.folder, file));
    case "maven":
      return ["pom.xml", "checksums.sha256"].map((file) => join(here, pin.folder, file));
    case "python":
      return [join(here, pin.folder, "requirements.txt")];
  }
}

/** The engine's own folder in the cache: another version, checksum or build flag is another folder. */
export function installedFolder(name: EngineName, pin: Exclude<EnginePin, { from: "debian" }>): string {
  const recipe = createHash("sha256").update(JSON.stringify(pin));
  for (const file of recipeFiles(pin)) recipe.update(readFileSync(file));
  return join(enginesFolder(), `${name}-${pin.version.replace(/^v/, "")}-${recipe.digest("hex").slice(0, 8)}`);
}

/** Path that the engine's program has in the cache once it is installed. */
export function cachedProgram(name: EngineName, pin: Exclude<EnginePin, { from: "debian" }>): string {
  return join(installedFolder(name, pin), "bin", name);
}

/** Folder of the files that an engine brings beside its program. */
export function cachedData(name: EngineName, pin: GoEngine): string {
  return join(installedFolder(name, pin), "share");
}

/** The engine's program if it is there: in the cache, or on PATH with the wanted version. */
export function findEngine(name: EngineName): string | undefined {
  const pin: EnginePin = enginePins[name];
  if (pin.from === "debian") return pin.commands.map(findOnPath).find((path) => path !== undefined);
  const cached = cachedProgram(name, pin);
  if (isExecutable(cached)) return cached;
  return pin.from === "go" ? findPinnedOnPath(name, pin) : undefined;
}

/**
 * The path of an engine's program.
 * @throws Error with the command that installs it, if it is not there
 */
export function enginePath(name: EngineName): string {
  const found = findEngine(name);
  if (found === undefined) throw new Error(`the engine ${name} is not installed: run "npm run engines -- ${name}"`);
  return found;
}

/** The first executable of this name on PATH. */
export function findOnPath(command: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find(isExecutable);
}

function findPinnedOnPath(name: EngineName, pin: GoEngine): string | undefined {
  const path = pin.versionArguments && findOnPath(name);
  if (!path) return undefined;
  const { stdout } = spawnSync(path, pin.versionArguments, { encoding: "utf8", timeout: 10_000 });
  const wanted = pin.version.replace(/^v/, "").replaceAll(".", "\\.");
  return new RegExp(`(^|[^\\d.])${wanted}($|[^\\d.-])`, "m").test(stdout ?? "") ? path : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
