/** The front end for production: built once, and again when something that it is made of changes. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "#model/user-error";

export const FRONTEND = "frontend";

export const hasFrontend = (root: string): boolean => existsSync(join(root, FRONTEND, "next.config.ts"));

/** Where the server lies that `next build` makes, relative to the project: with what it serves as it is beside it. */
export const SERVER = "frontend/.next/standalone/frontend/server.js";

/**
 * Builds what is not built yet.
 * @param say is told when it takes a while
 * @throws UserError with the last lines of the build
 */
export async function buildFrontend(root: string, say: (line: string) => void): Promise<void> {
  const folder = join(root, FRONTEND);
  const built = join(folder, ".next");
  const stamp = join(built, "built-from");
  const sources = fingerprint(folder, root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  say("building the front end, which takes about half a minute and is done again only when it changes");
  await nextBuild(root, folder);
  const server = join(built, "standalone", FRONTEND);
  cpSync(join(built, "static"), join(server, ".next/static"), { recursive: true });
  const files = join(folder, "public");
  if (existsSync(files)) cpSync(files, join(server, "public"), { recursive: true });
  writeFileSync(stamp, sources);
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

function nextBuild(root: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const next = join(root, "node_modules/next/dist/bin/next");
    // Node reads the configuration as it is, with what it imports.
    const child = spawn(process.execPath, [next, "build", folder, "--experimental-next-config-strip-types"], {
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      const lines = output.join("").trim().split("\n").slice(-20).join("\n");
      reject(new UserError(`the front end cannot be built:\n${lines}\n`, "Mend what it says and run it again"));
    });
  });
}
