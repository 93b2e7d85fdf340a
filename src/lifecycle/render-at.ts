/** Renders an environment with the model of a commit, whatever is checked out. */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, parseImages } from "#synth/images-file";
import { assertChecked, renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { CODE } from "./model-code.ts";
import type { Repository } from "./repository.ts";

export type PinTexts = Readonly<Record<string, string>>;

/** Texts by path below `gitops/`. */
export type Files = ReadonlyMap<string, string>;

/** What this process's own model renders, checked. @throws UserError where it does not know the environment */
export function renderHere(name: string, images: PinTexts): Files {
  const all: Readonly<Record<string, Environment>> = environments;
  const environment = Object.hasOwn(all, name) ? all[name] : undefined;
  if (!environment)
    throw new UserError(`the model has no environment "${name}"`, `Use one of: ${Object.keys(all).join(", ")}`);
  const pins = parseImages(JSON.stringify(images), imagesFile(name), ownImages(todo));
  const rendered = renderEnvironment(todo, environment, pins);
  assertChecked(todo, [rendered]);
  return rendered.files;
}

/** @throws UserError with that model's own first complaint */
export function renderAt(repository: Repository, commit: string, name: string, images: PinTexts): Files {
  if (repository.isSame(commit, CODE)) return renderHere(name, images);
  return inWorktree(repository, commit, (folder) => {
    const file = join(folder, imagesFile(name));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(images));
    const out = join(folder, "dist/rendered");
    runScript(folder, commit, ["synth", "--", "--env", name, "--out", out]);
    const files = readdirSync(join(out, name), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return new Map(
      files
        .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
        .sort()
        .map((path): [string, string] => [path, readFileSync(join(out, path), "utf8")]),
    );
  });
}

/** Runs something in a temporary checkout of a commit, with the packages that its lock file names. */
export function inWorktree<T>(repository: Repository, commit: string, work: (folder: string) => T): T {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "todo-model-")));
  const checkout = join(scratch, "checkout");
  try {
    repository.run("worktree", "add", "--quiet", "--detach", checkout, commit);
    const folder = join(checkout, repository.prefix);
    if (repository.isSame(commit, ["package-lock.json"])) linkPackages(repository.root, folder);
    else install(folder, commit);
    return work(folder);
  } finally {
    repository.result("worktree", "remove", "--force", "--force", checkout);
    rmSync(scratch, { recursive: true, force: true });
    repository.result("worktree", "prune");
  }
}

/** Shares every package but not the folder they lie in: each checkout keeps caches of its own there. */
export function linkPackages(from: string, to: string): void {
  mkdirSync(join(to, "node_modules"));
  const modules = realpathSync(join(from, "node_modules"));
  for (const name of readdirSync(modules)) {
    if (name !== ".cache") symlinkSync(join(modules, name), join(to, "node_modules", name));
  }
}

function install(folder: string, commit: string): void {
  const { status, stderr } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, encoding: "utf8" });
  if (status === 0) return;
  throw new UserError(
    `the packages of ${commit.slice(0, 7)} cannot be installed: ${stderr.trim().split("\n").at(-1) ?? "no reason"}`,
    "Check that the package registry can be reached",
  );
}

/** Runs an npm script of a checkout. @returns what it printed. @throws UserError with its first complaint */
export function runScript(folder: string, commit: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", ...args], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  const complaint = /^error: (.*?)\.?$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n")[0] ?? "no reason";
  throw new UserError(
    `npm run ${args[0]} of ${commit.slice(0, 7)} failed: ${complaint}`,
    "Mend the model there, or choose another commit",
  );
}
