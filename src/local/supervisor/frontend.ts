/** The front end's process: built once and kept, built again when its sources change. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { System } from "#model/system";
import { LocalError } from "../local-error.ts";

export interface FrontendProcess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @returns undefined where there is no front end in the checkout */
export async function frontendProcess(
  root: string,
  model: System,
  say: (line: string) => void,
): Promise<FrontendProcess | undefined> {
  const folder = join(root, "frontend");
  if (!existsSync(join(folder, "package.json")) && !existsSync(join(folder, "next.config.ts"))) return undefined;
  const next = join(root, "node_modules/next/dist/bin/next");
  const stamp = join(folder, ".next", "built-from");
  const sources = fingerprint(folder, root);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== sources) {
    say("building the front end, which takes about half a minute and is done again only when it changes");
    await build(next, folder);
    writeFileSync(stamp, sources);
  }
  const port = String(model.services.frontend?.port ?? 3000);
  return { args: [next, "start", folder, "--port", port, "--hostname", "127.0.0.1"], env: { NODE_ENV: "production" } };
}

/** Sources of the front end, of what it shares with the services, and the versions that it is built from. */
function fingerprint(folder: string, root: string): string {
  const hash = createHash("sha256");
  for (const file of [
    ...filesBelow(folder),
    ...filesBelow(join(root, "src/contracts")),
    join(root, "package-lock.json"),
  ]) {
    hash.update(file).update(String(statSync(file).mtimeMs));
  }
  return hash.digest("hex");
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules" && name !== "next-env.d.ts")
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function build(next: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const child = spawn(process.execPath, [next, "build", folder], {
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(
            new LocalError(
              `the front end cannot be built:\n${output.join("").trim().split("\n").slice(-20).join("\n")}`,
            ),
          ),
    );
  });
}
