import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cachedData, cachedProgram, enginesFolder, findOnPath } from "./paths.ts";
import type { EngineName, GoEngine } from "./pins.ts";
import { runCommand } from "./run-command.ts";

/**
 * Builds a program from its pinned module. `go.sum` holds the checksum of every module that goes into it, and
 * `-mod=readonly` refuses any other.
 */
export async function installGo(name: EngineName, pin: GoEngine): Promise<void> {
  if (!findOnPath("go")) throw new Error("go is not on PATH: install Go 1.26 or newer");
  const program = cachedProgram(name, pin);
  const recipe = join(import.meta.dirname, "go", pin.folder);
  const partial = `${program}.partial`;
  mkdirSync(dirname(program), { recursive: true });
  const variables = Object.entries(pin.linkerVariables ?? {}).map(([key, value]) => `-X ${key}=${value}`);
  await runCommand(
    "go",
    [
      "build",
      ...["-C", recipe, "-mod=readonly", "-trimpath"],
      ...(pin.tags ? [`-tags=${pin.tags.join(",")}`] : []),
      `-ldflags=${["-s", "-w", ...variables].join(" ")}`,
      ...["-o", partial, pin.package],
    ],
    // Without cgo no C compiler is needed, and the projects release these programs so.
    { log: join(enginesFolder(), "logs", `${name}.log`), env: { CGO_ENABLED: "0", GOWORK: "off" } },
  );
  if (pin.data) copyData(await moduleFolder(recipe, pin.module), pin.data, cachedData(name, pin));
  renameSync(partial, program);
}

/** Where `go build` has just read the module from. */
async function moduleFolder(recipe: string, module: string): Promise<string> {
  const args = ["list", "-C", recipe, "-mod=readonly", "-m", "-f", "{{.Dir}}", module];
  const { stdout } = await promisify(execFile)("go", args, { env: { ...process.env, GOWORK: "off" } });
  return stdout.trim();
}

function copyData(module: string, files: readonly string[], target: string): void {
  mkdirSync(target, { recursive: true });
  // Modules carry no modes, and scripts are among the files.
  for (const file of files)
    writeFileSync(join(target, basename(file)), readFileSync(join(module, file)), { mode: 0o755 });
}
