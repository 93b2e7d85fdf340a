/** `npm run bench:lifecycle`: how long a reviewer waits for `npm run diff`, and CI for ten bumps at once to land. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { environments } from "#environments";
import { ownImages } from "#model/own-images";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { median } from "./quantiles.ts";
import { landTenBumps } from "./ten-bumps.ts";

const RUNS = 5;
const command = fileURLToPath(new URL("../cli/diff.mjs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "bench-lifecycle-"));

/** Every environment `times` over, each under a name of its own. */
function rendering(times: number, tag: string): Map<string, string> {
  const pins = Object.fromEntries(
    ownImages(todo).map((name) => [name, { tag, digest: `sha256:${tag.at(-1)?.repeat(64)}` }]),
  );
  const files = Object.values(environments).flatMap((environment) => [
    ...renderEnvironment(todo, environment, pins).files,
  ]);
  const copies = Array.from({ length: times }, (_, copy) => (copy === 0 ? "" : `-${copy}`));
  return new Map(
    copies.flatMap((copy) => files.map(([path, text]): [string, string] => [path.replace("/", `${copy}/`), text])),
  );
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  for (const path of folders) mkdirSync(join(folder, path), { recursive: true });
  for (const [path, text] of files) writeFileSync(join(folder, path), text);
}

interface Run {
  readonly seconds: number;
  /** Time on the processor, of git as well. */
  readonly busy: number;
}

/** Processor time of a child is told by the shell's `times`, which needs no tool. */
function run(folder: string, arguments_: readonly string[]): Run {
  const script = '"$@" > /dev/null; code=$?; times; exit $code';
  const start = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync("sh", ["-c", script, "sh", process.execPath, command, ...arguments_], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const children = stdout.trim().split("\n").at(-1) ?? "";
  const busy = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  );
  return { seconds, busy };
}

function measure(name: string, documents: number, folder: string, arguments_: readonly string[]): void {
  const runs = Array.from({ length: RUNS }, () => run(folder, arguments_));
  const wall = median(runs.map(({ seconds }) => seconds));
  const busy = median(runs.map((each) => each.busy));
  console.log(
    `${name.padEnd(44)} ${String(documents).padStart(6)} documents  ${wall.toFixed(2)} s  ${busy.toFixed(2)} s on the processor`,
  );
}

function commitAll(repository: string, message: string): void {
  const git = (...arguments_: string[]) => execFileSync("git", arguments_, { cwd: repository, stdio: "ignore" });
  git("add", "--all");
  git("-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "--message", message);
}

try {
  console.log(`npm run diff, median of ${RUNS} whole processes, node ${process.version}`);
  for (const times of [1, 10]) {
    const folder = join(scratch, String(times));
    const before = rendering(times, "v1.0.0");
    const bumped = rendering(times, "v1.0.1");
    const relabelled = new Map(
      [...before].map(([path, text]) => [path, text.replace("part-of: todo", "part-of: other")]),
    );
    for (const [name, files] of Object.entries({ before, bumped, relabelled })) write(join(folder, name), files);
    run(folder, ["./before", "./bumped", "--json"]); // fills the compile cache, as the first run on a machine does
    measure("two folders, nothing changed", before.size, folder, ["./before", "./before", "--json"]);
    measure("two folders, every image of ours bumped", before.size, folder, ["./before", "./bumped", "--json"]);
    measure("two folders, every document changed", before.size, folder, ["./before", "./relabelled", "--json"]);
    measure("the same as a comment, with its cost", before.size, folder, ["./before", "./relabelled", "--markdown"]);

    const repository = join(folder, "repository");
    mkdirSync(repository);
    execFileSync("git", ["init", "--quiet", "--initial-branch=main"], { cwd: repository });
    write(join(repository, "gitops"), before);
    commitAll(repository, "before");
    write(join(repository, "gitops"), bumped);
    commitAll(repository, "after");
    measure("two commits, every image of ours bumped", before.size, repository, ["main~1", "main", "--json"]);
  }
  await landTenBumps(join(scratch, "bumps"));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
