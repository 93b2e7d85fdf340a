/** How long ten bumps from ten clones take to land on one branch, against one bump alone. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#cli/project-folder";
import { linkPackages } from "#lifecycle/render-at";
import { copyProject } from "#lifecycle/scratch";
import { ownImages } from "#model/own-images";
import { todo } from "#system";

const CLONES = 10;

const settings = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "bench",
  GIT_AUTHOR_EMAIL: "bench@example.com",
  GIT_COMMITTER_NAME: "bench",
  GIT_COMMITTER_EMAIL: "bench@example.com",
};
const env = { ...process.env, ...settings };

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", args, { cwd, encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] }).trim();

function bump(clone: string, image: string, tag: string, digit: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const pin = `${image}=${tag}@sha256:${digit.repeat(64)}`;
    const args = [join(clone, "src/cli/bump.ts"), "--env", "dev", "--commit", "--push", pin];
    const child = spawn(process.execPath, args, { cwd: clone, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    child.on("close", (status) => (status === 0 ? resolve(output) : reject(new Error(output))));
  });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Prints the times. Everything stays below `folder`; packages are those of this checkout. */
export async function landTenBumps(folder: string): Promise<void> {
  const seed = join(folder, "seed");
  const remote = join(folder, "remote.git");
  mkdirSync(folder, { recursive: true });
  copyProject(projectFolder(), seed);
  execFileSync(process.execPath, [join(seed, "src/cli/synth.mjs")], { cwd: seed, env, stdio: "ignore" });
  git(seed, "init", "--quiet", "--initial-branch=main");
  git(seed, "add", "--all");
  git(seed, "commit", "--quiet", "--message", "feat: start");
  git(folder, "clone", "--quiet", "--bare", seed, remote);
  const clones = Array.from({ length: CLONES }, (_, index) => {
    const clone = join(folder, `clone-${index}`);
    git(folder, "clone", "--quiet", `file://${remote}`, clone);
    linkPackages(projectFolder(), clone);
    return clone;
  });
  const images = ownImages(todo);
  const imageOf = (index: number): string => images[index % images.length] ?? "tasks";

  const first = clones[0] ?? seed;
  await bump(first, imageOf(0), "v0.9.0", "9"); // fills the compile cache
  const alone = await seconds(() => bump(first, imageOf(0), "v1.0.0", "1"));
  const before = Number(git(remote, "rev-list", "--count", "main"));
  const together = await seconds(() =>
    Promise.all(clones.map((clone, index) => bump(clone, imageOf(index), `v1.1.${index}`, String(index)))),
  );
  const landed = Number(git(remote, "rev-list", "--count", "main")) - before;
  console.log(`\nnpm run bump -- --commit --push`);
  console.log(`one alone                   ${alone.toFixed(2)} s`);
  console.log(
    `${CLONES} at once from ${CLONES} clones  ${together.toFixed(2)} s until all have landed (${landed} commits), ${(together / alone / CLONES).toFixed(2)} of one after the other`,
  );
}
