import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedProgram, enginesFolder, findOnPath, installedFolder } from "./paths.ts";
import type { EngineName, PythonEngine } from "./pins.ts";
import { runCommand } from "./run-command.ts";

/** Installs a program into a virtual environment of its own; `pip` checks the hash of every package. */
export async function installPython(name: EngineName, pin: PythonEngine): Promise<void> {
  if (!findOnPath("python3")) throw new Error("python3 is not on PATH: install Python 3.10 or newer with venv");
  const environment = join(installedFolder(name, pin), "venv");
  rmSync(environment, { recursive: true, force: true });
  const log = join(enginesFolder(), "logs", `${name}.log`);
  await runCommand("python3", ["-m", "venv", environment], { log });
  await runCommand(
    join(environment, "bin", "pip"),
    [
      ...["install", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"],
      ...["--requirement", join(import.meta.dirname, pin.folder, "requirements.txt")],
    ],
    { log, env: { PIP_DISABLE_PIP_VERSION_CHECK: "1" } },
  );
  const program = cachedProgram(name, pin);
  mkdirSync(dirname(program), { recursive: true });
  rmSync(program, { force: true });
  symlinkSync(join(environment, "bin", name), program);
}
