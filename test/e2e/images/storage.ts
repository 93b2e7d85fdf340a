/** Image storage of its own, beside the other engines: a test never touches the images of the machine. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baseImage, nodeVersion } from "#images/base";
import { enginePath, enginesFolder } from "../../engines/index.ts";

const root = process.cwd();

/** Variables that point buildah, and what runs it, to the tests' storage. */
export const storage: Readonly<Record<string, string>> = {
  CONTAINERS_STORAGE_CONF: join(enginesFolder(), "images", "storage.conf"),
  BUILDAH_ISOLATION: "chroot",
};

/** @throws Error where images cannot be mounted */
export function prepareStorage(): void {
  if (process.getuid?.() !== 0) throw new Error("images are mounted and started by root: run this suite as root");
  enginePath("buildah");
  const folder = join(enginesFolder(), "images");
  mkdirSync(folder, { recursive: true });
  const lines = ["[storage]", 'driver = "vfs"', `graphroot = "${folder}/graph"`, `runroot = "${folder}/run"`];
  writeFileSync(join(folder, "storage.conf"), `${lines.join("\n")}\n`);
}

function run(...args: readonly string[]): SpawnSyncReturns<string> {
  // Jest's own process.env is a copy that children do not inherit.
  const env = { ...process.env, ...storage };
  return spawnSync("buildah", args, { encoding: "utf8", maxBuffer: 2 ** 28, env });
}

/** @throws Error with what buildah said */
export function buildah(...args: readonly string[]): string {
  const { status, stdout, stderr } = run(...args);
  if (status !== 0) throw new Error(`buildah ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/**
 * A stand-in for the official base where its registry is out of reach: the same Debian release from its own packages, and
 * Node as npm delivers it. Made once, then kept.
 */
export function standInBase(): string {
  const [, release = ""] = /-(\w+)-slim$/.exec(baseImage(nodeVersion(root))) ?? [];
  const reference = `localhost/todo-stand-in/node:${nodeVersion(root)}-${release}`;
  if (run("inspect", "--type", "image", reference).status === 0) return reference;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "debian-")));
  try {
    const arguments_ = ["--variant=minbase", "--include=libstdc++6", release, folder];
    const { status, stdout } = spawnSync(enginePath("debootstrap"), arguments_, { encoding: "utf8" });
    if (status !== 0) throw new Error(`debootstrap ${release}: ${stdout.split("\n").slice(-5).join("\n")}`);
    cpSync(realpathSync(join(root, "node_modules/node/bin/node")), join(folder, "usr/local/bin/node"));
    const container = buildah("from", "scratch");
    buildah("add", "--quiet", container, folder, "/");
    buildah("commit", "--quiet", "--rm", container, reference);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return reference;
}
