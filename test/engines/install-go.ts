import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedProgram, enginesFolder, findOnPath } from "./paths.ts";
import type { EngineName, GoEngine } from "./pins.ts";
import { runCommand } from "./run-command.ts";

/**
 * Builds a program from its pinned module. `go.sum` holds the checksum of every module that goes into it, and
 * `-mod=readonly` refuses any other.
 */
export async function installGo(name: EngineName, pin: GoEngine): Promise<void> {
  if (!findOnPath("go")) throw new Error("go is not on PATH: install Go 1.26 or newer");
  const program = cachedProgram(name, pin);
  const partial = `${program}.partial`;
  mkdirSync(dirname(program), { recursive: true });
  const variables = Object.entries(pin.linkerVariables ?? {}).map(([key, value]) => `-X ${key}=${value}`);
  await runCommand(
    "go",
    [
      "build",
      ...["-C", join(import.meta.dirname, "go", pin.folder), "-mod=readonly", "-trimpath"],
      ...(pin.tags ? [`-tags=${pin.tags.join(",")}`] : []),
      `-ldflags=${["-s", "-w", ...variables].join(" ")}`,
      ...["-o", partial, pin.package],
    ],
    // Without cgo no C compiler is needed, and the projects release these programs so.
    { log: join(enginesFolder(), "logs", `${name}.log`), env: { CGO_ENABLED: "0", GOWORK: "off" } },
  );
  renameSync(partial, program);
}
