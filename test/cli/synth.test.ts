/** `npm run synth`'s node command as a user calls it, on a copy of the project that shares its packages. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const project = mkdtempSync(join(tmpdir(), "synth-"));
const copied = ["package.json", "package-lock.json", "cdk8s.yaml", "src", "charts", "imports", "config", "services"];

interface Options {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly umask?: string;
}

function command(
  script: string,
  arguments_: readonly string[],
  { cwd = project, env = {}, umask = "022" }: Options = {},
): SpawnSyncReturns<string> {
  const line = `umask ${umask}; exec "$0" "$@"`;
  return spawnSync("sh", ["-c", line, process.execPath, join(cwd, "src/cli", script), ...arguments_], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

const synth = (arguments_: readonly string[] = [], options?: Options) => command("synth.mjs", arguments_, options);
const bump = (...arguments_: string[]) => command("bump.ts", arguments_);

/** Text by path of everything below a folder. */
const tree = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );

/** One line with a remedy, no stack trace, and the exit code. */
function expectRefusal({ status, stderr }: SpawnSyncReturns<string>, code: number, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(status).toBe(code);
}

const copyProject = (target: string): void => {
  for (const name of copied) if (existsSync(name)) cpSync(name, join(target, name), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(target, "node_modules"));
};

beforeAll(() => {
  copyProject(project);
  expect(synth().stderr).toBe("");
}, 60_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("synth", () => {
  test("renders every environment and is then up to date", () => {
    expect(readdirSync(join(project, "gitops")).sort()).toEqual([
      "dev",
      "prod-aks",
      "prod-doks",
      "prod-gke",
      "prod-oke",
      "staging",
    ]);
    const again = synth();
    expect(again.stdout).toContain("0 added, 0 changed, 0 removed");
    expect(synth(["--check"]).status).toBe(0);
    expect(tree(join(project, "gitops")).size).toBeGreaterThan(1000);
  }, 60_000);

  test("renders the same bytes in another directory, time zone, locale and umask", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    copyProject(elsewhere);
    const options = {
      cwd: elsewhere,
      env: { TZ: "Pacific/Apia", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
      umask: "077",
    };
    expect(synth([], options).stderr).toBe("");
    expect([...tree(join(elsewhere, "gitops"))]).toEqual([...tree(join(project, "gitops"))]);
    rmSync(elsewhere, { recursive: true });
  }, 60_000);

  test("renders one environment without touching the others, and all of them elsewhere", () => {
    const out = join(project, "out");
    const { stdout } = synth(["--env", "dev", "--out", out]);
    expect(readdirSync(out)).toEqual(["dev"]);
    expect(stdout).toMatch(/rendered \d+ documents of 1 environments/);
    expect(synth(["--env", "staging", "--out", out]).status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["dev", "staging"]);
    rmSync(out, { recursive: true });
  }, 60_000);

  test("prints a summary for machines", () => {
    const { documents, unchanged } = JSON.parse(synth(["--json"]).stdout) as {
      documents: Record<string, number>;
      unchanged: number;
    };
    expect(Object.values(documents).reduce((sum, count) => sum + count, 0)).toBe(unchanged);
  }, 60_000);

  test("--check names a file edited by hand, one laid beside it and one that is missing; synth mends them", () => {
    const gitops = join(project, "gitops");
    const [edited = "", missing = ""] = [...tree(gitops).keys()];
    const before = tree(gitops);
    appendFileSync(join(gitops, edited), "# by hand\n");
    rmSync(join(gitops, missing));
    const foreign = join(gitops, "dev/tasks/notes.yaml");
    writeFileSync(foreign, "kind: Mine\n");
    const { status, stdout, stderr } = synth(["--check"]);
    expect(status).toBe(1);
    expect(stdout).toContain(`~ gitops/${edited}`);
    expect(stdout).toContain(`+ gitops/${missing}`);
    expect(stdout).toContain("? gitops/dev/tasks/notes.yaml");
    expect(stderr).toMatch(/^error: 3 files are not what the model renders\. Run npm run synth/);

    expect(synth().status).toBe(0);
    expect(existsSync(foreign)).toBe(true);
    rmSync(foreign);
    expect([...tree(gitops)]).toEqual([...before]);
  }, 60_000);

  test("removes what is left of an environment that is no longer declared", () => {
    const gone = join(project, "gitops/gone");
    cpSync(join(project, "gitops/dev"), gone, { recursive: true });
    expect(synth(["--env", "dev"]).stdout).toContain("0 removed");
    expect(synth().stdout).not.toContain(" 0 removed");
    expect(existsSync(gone)).toBe(false);
  }, 60_000);

  test.each<[string, readonly string[], RegExp]>([
    ["an unknown environment", ["--env", "prod"], /^error: unknown environment "prod"\. Use one of: dev, staging, /],
    ["an unknown option", ["--envs"], /^error: Unknown option '--envs'\. See --help\.$/m],
  ])("refuses %s", (_what, arguments_, message) => {
    expectRefusal(synth(arguments_), 2, message);
  });

  test.each<[string, string, RegExp]>([
    ["is no JSON", "{", /^error: config\/images\/dev\.json is no JSON: .* Restore it with git/],
    ["is no object", "[]", /config\/images\/dev\.json holds no object/],
    [
      "pins an unknown service",
      '{"taks": "unreleased"}',
      /pins "taks", which is no .*Remove it or use one of: .*tasks/,
    ],
    ["has an image without digest", '{"tasks": "v1.2.3"}', /the image of tasks has no digest: "v1\.2\.3"\. Pin it as/],
    ["has a digest that is none", '{"tasks": "v1@sha256:abc"}', /the image of tasks has no digest/],
  ])(
    "refuses an images file that %s, and writes nothing",
    (_what, text, message) => {
      const file = join(project, "config/images/dev.json");
      const before = readFileSync(file, "utf8");
      const gitops = tree(join(project, "gitops"));
      writeFileSync(file, text);
      expectRefusal(synth(), 1, message);
      writeFileSync(file, before);
      expect([...tree(join(project, "gitops"))]).toEqual([...gitops]);
    },
    60_000,
  );

  test("refuses to run outside the project", () => {
    expectRefusal(
      spawnSync(process.execPath, [join(project, "src/cli/synth.mjs")], { cwd: tmpdir(), encoding: "utf8" }),
      1,
      /is not the project's folder/,
    );
  });

  test("refuses a folder that it cannot write", () => {
    const file = join(project, "a-file");
    writeFileSync(file, "");
    expectRefusal(synth(["--out", file]), 1, /^error: cannot write .*a-file: /);
    chmodSync(file, 0o644);
  }, 60_000);
});

describe("bump", () => {
  const image = `v1.0.0@sha256:${"ab".repeat(32)}`;

  test("changes one line of the images and what is rendered from it", () => {
    const images = join(project, "config/images/dev.json");
    const before = readFileSync(images, "utf8").split("\n");
    const rendered = tree(join(project, "gitops"));
    const { status, stdout, stderr } = bump("--env", "dev", `tasks=${image}`);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`tasks: unreleased -> ${image}`);
    const after = readFileSync(images, "utf8").split("\n");
    expect(after.filter((line, index) => line !== before[index])).toEqual(
      [`  "tasks": "${image}"`].map((line) => expect.stringContaining(line.trim())),
    );
    const changed = [...tree(join(project, "gitops"))]
      .filter(([path, text]) => rendered.get(path) !== text)
      .map(([path]) => path);
    expect(changed).toEqual([
      "dev/tasks/todo-apps/deployment.apps_tasks.yaml",
      "dev/tasks/todo-apps/job.batch_tasks-migration.yaml",
    ]);
    expect(synth(["--check"]).status).toBe(0);
  }, 60_000);

  test.each<[string, string[], RegExp]>([
    ["no environment", [`tasks=${image}`], /no environment\. Say which with --env NAME/],
    ["no image", ["--env", "dev"], /no image to pin/],
    ["an unknown service", ["--env", "dev", `taks=${image}`], /names no /],
    ["an image without digest", ["--env", "dev", "tasks=v1"], /is no image by digest/],
  ])("refuses %s", (_what, arguments_, message) => {
    expectRefusal(bump(...arguments_), 2, message);
  });
});
