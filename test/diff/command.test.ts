import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { document } from "./support.ts";

const command = fileURLToPath(new URL("../../src/cli/diff.mjs", import.meta.url));
const project = fileURLToPath(new URL("../..", import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "diff-")));
const repository = join(scratch, "repository");

const service = (port: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "tasks", namespace: "todo-apps" },
  spec: { ports: [{ name: "http", port }] },
});

function write(folder: string, port: number, environment = "dev"): void {
  const file = join(folder, environment, "tasks/todo-apps/service_tasks.yaml");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, document(service(port)));
}

function git(folder: string, ...arguments_: string[]): string {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always"];
  return execFileSync("git", [...identity, ...arguments_], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function commit(folder: string, port: number, message: string): void {
  write(join(folder, "gitops"), port);
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", message);
}

const diff = (folder: string, ...arguments_: string[]) => diffAs({}, folder, ...arguments_);

function diffAs(user: { readonly uid?: number; readonly gid?: number }, folder: string, ...arguments_: string[]) {
  // No variable of the caller's repository may lead elsewhere.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...arguments_], {
    ...user,
    cwd: folder,
    encoding: "utf8",
    env: { ...environment, NO_COLOR: "1", GIT_CEILING_DIRECTORIES: scratch },
  });
  return { status, stdout, stderr };
}

const ports = ({ stdout }: { readonly stdout: string }): string[] =>
  stdout.match(/^ {4}[-+] \d+$/gm)?.map((line) => line.trim()) ?? [];

/** main: 1, 2; feature leaves at 1 and sets 3; the working tree of feature holds 4. */
beforeAll(() => {
  mkdirSync(repository);
  git(repository, "init", "--quiet", "--initial-branch=main");
  commit(repository, 1, "first");
  git(repository, "tag", "v1");
  git(repository, "checkout", "--quiet", "-b", "feature");
  commit(repository, 3, "third");
  git(repository, "checkout", "--quiet", "main");
  commit(repository, 2, "second");
  git(repository, "checkout", "--quiet", "feature");
  write(join(repository, "gitops"), 4);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("what is compared", () => {
  test.each<[string, string[], string[]]>([
    ["the merge base with main and the working tree by default", [], ["- 1", "+ 4"]],
    ["the merge base with a branch and the working tree", ["main"], ["- 1", "+ 4"]],
    ["a branch itself with --exact", ["main", "--exact"], ["- 2", "+ 4"]],
    ["the merge base of two branches and the second", ["main", "feature"], ["- 1", "+ 3"]],
    ["two branches themselves with --exact", ["main", "feature", "--exact"], ["- 2", "+ 3"]],
    ["a tag and a branch", ["v1", "main"], ["- 1", "+ 2"]],
    ["a ref and a folder", ["main", "./gitops"], ["- 2", "+ 4"]],
    ["folders of refs", ["main:gitops/dev", "feature:gitops/dev", "--exact"], ["- 2", "+ 3"]],
  ])("%s", (_, arguments_, expected) => {
    const result = diff(repository, ...arguments_);
    expect(result.stderr).toBe("");
    expect(ports(result)).toEqual(expected);
    expect(result.status).toBe(0);
  });

  test("reads refs without a checkout, and leaves the repository as it was", () => {
    const before = git(repository, "status", "--porcelain");
    diff(repository, "main", "feature");
    expect(git(repository, "status", "--porcelain")).toBe(before);
  });

  test("works with a detached head", () => {
    const clone = join(scratch, "detached");
    git(scratch, "clone", "--quiet", repository, clone);
    git(clone, "checkout", "--quiet", "--detach", "origin/feature");
    expect(ports(diff(clone, "origin/main"))).toEqual(["- 1", "+ 3"]);
  });

  test("two folders are as good as two refs, outside of any repository", () => {
    write(join(scratch, "plain/a"), 1, "dev");
    write(join(scratch, "plain/b"), 2, "dev");
    const result = diff(join(scratch, "plain"), "a", "b");
    expect(ports(result)).toEqual(["- 1", "+ 2"]);
    expect(JSON.parse(diff(join(scratch, "plain"), "a", "b", "--json").stdout).changes).toEqual([
      {
        change: "changed",
        environments: ["dev"],
        resource: "todo-apps/Service/tasks",
        paths: ["spec.ports[http].port"],
      },
    ]);
  });

  test("two folders of one environment each are compared as that environment", () => {
    write(join(scratch, "single/x"), 1, "staging");
    write(join(scratch, "single/y"), 2, "staging");
    const { changes } = JSON.parse(diff(scratch, "single/x/staging", "single/y/staging", "--json").stdout);
    expect(changes).toMatchObject([{ environments: ["staging"], resource: "todo-apps/Service/tasks" }]);
  });

  test("the working model against gitops/", () => {
    const rendered = join(scratch, "model");
    execFileSync(process.execPath, [join(project, "src/cli/synth.mjs"), "--out", join(rendered, "gitops")], {
      cwd: project,
    });
    const same = diff(rendered, "--model", "--json");
    // The images are pinned by the project's files, which are not here: everything but them is the same.
    const { changes } = JSON.parse(same.stdout);
    const others = changes.filter(
      ({ paths }: { paths: string[] }) => paths.length === 0 || !paths.every((path) => path.endsWith(".image")),
    );
    expect(others).toEqual([]);
    expect(same.status).toBe(0);
  }, 60_000);
});

describe("bad input is one clear line with a remedy", () => {
  const failure = (result: ReturnType<typeof diff>, status: number, message: RegExp): void => {
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stdout).toBe("");
    expect(result.status).toBe(status);
  };

  test("an unknown ref", () => {
    failure(diff(repository, "nowhere"), 1, /^error: nowhere is neither a git ref nor a folder\. See git branch/);
  });
  test("a ref that looks like an option", () => {
    failure(diff(repository, "--", "--upload-pack=x"), 1, /is neither a git ref nor a folder/);
  });
  test("a folder that is not there", () => {
    failure(diff(repository, "./nowhere"), 1, /^error: there is no folder \.\/nowhere\./);
  });
  test("a file instead of a folder", () => {
    writeFileSync(join(scratch, "file"), "");
    failure(diff(scratch, "./file", "./file"), 1, /^error: \.\/file is no folder\./);
  });
  test("no git repository", () => {
    mkdirSync(join(scratch, "bare/gitops"), { recursive: true });
    failure(diff(join(scratch, "bare")), 1, /is not in a git repository\. Run it in a clone, or name two folders\./);
  });
  test("a folder that holds no manifests", () => {
    mkdirSync(join(scratch, "empty"));
    writeFileSync(join(scratch, "empty/README.md"), "");
    failure(diff(scratch, "./empty", "./empty"), 1, /empty holds no manifests\./);
  });
  test("a folder that cannot be read", () => {
    const folder = join(scratch, "locked");
    write(folder, 1);
    chmodSync(scratch, 0o755);
    chmodSync(join(folder, "dev"), 0);
    // Root may read everything: then somebody else tries.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const result = diffAs(nobody, scratch, "./locked", "./locked");
    chmodSync(join(folder, "dev"), 0o755);
    failure(result, 1, /^error: cannot read .*locked: permission denied/);
  });
  test("a link in a folder and in a commit", () => {
    const linked = join(scratch, "linked");
    mkdirSync(linked);
    git(linked, "init", "--quiet", "--initial-branch=main");
    write(join(linked, "gitops"), 1);
    symlinkSync("service_tasks.yaml", join(linked, "gitops/dev/tasks/todo-apps/other.yaml"));
    git(linked, "add", "--all");
    git(linked, "commit", "--quiet", "--message", "linked");
    failure(diff(linked, "./gitops", "./gitops"), 1, /other\.yaml is no plain file/);
    failure(diff(linked, "main", "main"), 1, /other\.yaml of main .* is a symbolic link/);
  });
  test("a shallow clone without the merge base", () => {
    const shallow = join(scratch, "shallow");
    git(scratch, "clone", "--quiet", "--depth=1", "--no-single-branch", `file://${repository}`, shallow);
    failure(
      diff(shallow, "origin/main", "origin/feature"),
      1,
      /have no merge base in this shallow clone\. Fetch the history with git fetch --unshallow/,
    );
    expect(ports(diff(shallow, "origin/main", "origin/feature", "--exact"))).toEqual(["- 2", "+ 3"]);
  });
  test("histories that have nothing in common", () => {
    const other = join(scratch, "unrelated");
    git(scratch, "clone", "--quiet", repository, other);
    git(other, "checkout", "--quiet", "--orphan", "alone");
    commit(other, 9, "alone");
    failure(
      diff(other, "origin/main", "alone"),
      1,
      /have no commit in common\. Compare the commits themselves with --exact/,
    );
  });
  test("YAML that is none", () => {
    write(join(scratch, "broken"), 1);
    writeFileSync(join(scratch, "broken/dev/tasks/todo-apps/service_tasks.yaml"), "a: [\n");
    write(join(scratch, "whole"), 1);
    failure(diff(scratch, "./whole", "./broken"), 1, /service_tasks\.yaml of .*broken is not YAML: .*\. Correct it/);
  });
  test("wrong arguments", () => {
    failure(diff(repository, "a", "b", "c"), 2, /"c" is one too many/);
    failure(diff(repository, "--json", "--html"), 2, /exclude each other/);
    failure(diff(repository, "--fail-on", "panic"), 2, /--fail-on knows no "panic"/);
    failure(diff(repository, "--nonsense"), 2, /nonsense/);
    failure(diff(repository, "main", "feature", "--model"), 2, /--model is the HEAD/);
  });
  test("a file that cannot be written", () => {
    failure(diff(repository, "main", "--out", "no/such/folder/x"), 1, /cannot write x: ENOENT/);
  });
});

test("exits with 3 only when --fail-on finds what it was asked for", () => {
  expect(diff(repository, "--fail-on", "change").status).toBe(3);
  expect(diff(repository, "--fail-on", "warning").status).toBe(3);
  expect(diff(repository, "--fail-on", "danger").status).toBe(0);
  expect(diff(repository, "main", "main", "--fail-on", "change").status).toBe(0);
});

test("lists its rules for people and for machines", () => {
  expect(diff(scratch, "--rules").stdout).toMatch(/^danger +immutable-field +The API server refuses/m);
  const listed = JSON.parse(diff(scratch, "--rules", "--json").stdout) as {
    id: string;
    severity: string;
    reason: string;
  }[];
  expect(listed.length).toBeGreaterThan(80);
  expect(Object.keys(listed[0] ?? {})).toEqual(["id", "severity", "reason"]);
});

test("uses no colour where there is no terminal", () => {
  expect(diff(repository).stdout).not.toContain("\u001b");
});
