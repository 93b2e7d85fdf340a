import { join } from "node:path";
import { enginesFolder, findOnPath } from "./paths.ts";
import type { DebianEngine, EngineName } from "./pins.ts";
import { runCommand } from "./run-command.ts";

/** Installs a Debian package where that is possible; elsewhere says what to put on PATH. */
export async function installDebian(name: EngineName, pin: DebianEngine): Promise<void> {
  const byHand = `put ${pin.commands.join(" or ")} on PATH by your system's own means`;
  if (!findOnPath("apt-get")) throw new Error(`there is no apt-get here: ${byHand}`);
  if (process.getuid?.() !== 0) {
    throw new Error(`apt-get needs root: run "sudo apt-get install ${pin.package}", or ${byHand}`);
  }
  const log = join(enginesFolder(), "logs", `${name}.log`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "--yes", "--no-install-recommends", pin.package];
  try {
    await runCommand("apt-get", install, { log, env });
  } catch {
    // The package lists are missing or name a file that a security update has replaced.
    await runCommand("apt-get", ["update"], { log, env });
    await runCommand("apt-get", install, { log, env });
  }
}
