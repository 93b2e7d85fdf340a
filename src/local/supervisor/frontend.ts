/** The front end's process: built once and kept, built again when its sources change. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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
  if (!existsSync(join(folder, "next.config.ts"))) return undefined;
  const next = join(root, "node_modules/next/dist/bin/next");
  const built = join(folder, ".next");
  const stamp = join(built, "built-from");
  // The same server as in the image, which wants what it serves as it is beside it.
  const server = join(built, "standalone/frontend");
  const sources = fingerprint(folder, root);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== sources) {
    say("building the front end, which takes about half a minute and is done again only when it changes");
    await build(next, folder);
    cpSync(join(built, "static"), join(server, ".next/static"), { recursive: true });
    writeFileSync(stamp, sources);
  }
  const PORT = String(model.services.frontend?.port ?? 3000);
  return { args: [join(server, "server.js")], env: { NODE_ENV: "production", PORT, HOSTNAME: "127.0.0.1" } };
}

/** What the front end shares with the services. */
const SHARED = ["src/contracts", "src/model", "src/understanding", "services/kit", "services/chat/answer"] as const;

/** Sources of the front end, of what it shares, and the versions that it is built from. */
function fingerprint(folder: string, root: string): string {
  const hash = createHash("sha256");
  for (const file of [
    ...filesBelow(folder),
    ...SHARED.flatMap((shared) => filesBelow(join(root, shared))),
    join(root, "package-lock.json"),
  ]) {
    hash.update(file).update(String(statSync(file).mtimeMs));
  }
  return hash.digest("hex");
}

/** Written by the build itself. */
const GENERATED = new Set(["next-env.d.ts", "tsconfig.tsbuildinfo"]);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules" && !GENERATED.has(name))
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
