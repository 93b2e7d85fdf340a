/** `npm run bump -- --commit --push` in real clones of a real remote. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { delay } from "#lifecycle/land";
import {
  command,
  expectRefusal,
  git,
  image,
  pinsOf,
  type Scratch,
  scratchProject,
  started,
  stateOf,
} from "./support.ts";

let scratch: Scratch;
let clone: string;

beforeAll(() => {
  scratch = scratchProject();
  clone = scratch.clone("clone");
}, 60_000);
afterAll(() => scratch.remove());

const bump = (...args: string[]) => command(clone, "bump", "--env", "dev", ...args);

describe("a bump by commit", () => {
  test("changes one line and its rendering, linked to the commit that the image came from", () => {
    const source = git(clone, "rev-parse", "HEAD");
    const { status, stderr } = bump(
      `tasks=${image("v1.0.0", 1)}`,
      "--commit",
      "--source-commit",
      source,
      "--source-repo",
      "https://github.com/example/todo-assistant",
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(git(clone, "show", "--name-only", "--format=", "HEAD").split("\n")).toEqual([
      "config/images/dev.json",
      "gitops/dev/tasks/todo-apps/deployment.apps_tasks.yaml",
      "gitops/dev/tasks/todo-apps/job.batch_tasks-migration.yaml",
    ]);
    expect(git(clone, "show", "--numstat", "--format=", "HEAD", "--", "config")).toBe("1\t1\tconfig/images/dev.json");
    expect(git(clone, "log", "-1", "--format=%s")).toBe("chore(dev): run tasks v1.0.0");
    const trailers = git(clone, "log", "-1", "--format=%(trailers:only,unfold)").split("\n");
    expect(trailers).toContain(`Argocd-reference-commit-sha: ${source}`);
    expect(trailers).toContain("Argocd-reference-commit-repourl: https://github.com/example/todo-assistant");
    expect(trailers).toContain("Argocd-reference-commit-author: Test <test@example.com>");
    expect(trailers).toContain("Argocd-reference-commit-subject: feat: start");
    expect(git(clone, "status", "--porcelain")).toBe("");
    expect(command(clone, "synth", "--check").status).toBe(0);
  }, 60_000);

  test("makes no commit when nothing changes, and says so", () => {
    const before = stateOf(clone);
    const { status, stdout } = bump(`tasks=${image("v1.0.0", 1)}`, "--commit");
    expect(status).toBe(0);
    expect(stdout).toContain("dev has these pins already: no commit");
    expect(stateOf(clone)).toEqual(before);
  }, 60_000);

  test("of ten at once from ten clones, every one lands and none is lost", async () => {
    const services = [
      "audit",
      "chat",
      "frontend",
      "gateway",
      "notifications",
      "realtime",
      "recurring",
      "tasks",
      "tools",
      "tools",
    ];
    const clones = services.map((_service, index) => scratch.clone(`ten-${index}`));
    const results = await Promise.all(
      services.map((service, index) =>
        started(
          clones[index] ?? "",
          "bump",
          "--env",
          "dev",
          "--commit",
          "--push",
          `${service}=${image(`v2.0.${index}`, index)}`,
        ),
      ),
    );
    for (const { status, output } of results)
      expect([status, output]).toEqual([0, expect.stringContaining("pushed to main")]);
    const after = scratch.clone("after");
    expect(git(after, "rev-list", "--count", "HEAD")).toBe("11");
    expect(git(after, "rev-list", "--count", "--merges", "HEAD")).toBe("0");
    const subjects = git(after, "log", "--format=%s").split("\n");
    services.forEach((service, index) => {
      expect(subjects).toContain(`chore(dev): run ${service} v2.0.${index}`);
    });
    for (const [index, service] of services.entries()) {
      if (service !== "tools") expect(pinsOf(after, "dev")[service]).toBe(image(`v2.0.${index}`, index));
    }
    expect([image("v2.0.8", 8), image("v2.0.9", 9)]).toContain(pinsOf(after, "dev").tools);
    expect(command(after, "synth", "--check").status).toBe(0);
    for (const each of clones) expect(git(each, "status", "--porcelain")).toBe("");
  }, 120_000);

  test("renders with the model of the live branch, not with the one of an old clone", () => {
    const old = scratch.clone("old");
    const ahead = scratch.clone("ahead");
    const file = join(ahead, "src/environments.ts");
    const text = git(ahead, "show", "HEAD:src/environments.ts");
    writeFileSync(file, `${text.replace("todo.dev.example.com", "todo.dev2.example.com")}\n`);
    expect(command(ahead, "synth").status).toBe(0);
    git(ahead, "commit", "--quiet", "--all", "--message", "feat: move dev");
    expect(git(ahead, "show", "--stat", "--format=", "HEAD", "--", "gitops/dev")).not.toBe("");
    git(ahead, "push", "--quiet");
    const { status, stderr } = command(
      old,
      "bump",
      "--env",
      "dev",
      "--commit",
      "--push",
      `chat=${image("v3.0.0", 33)}`,
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(git(old, "rev-parse", "HEAD~1")).toBe(git(ahead, "rev-parse", "HEAD"));
    expect(git(old, "worktree", "list").split("\n")).toHaveLength(1);
    expect(command(old, "synth", "--check").status).toBe(0);
  }, 120_000);
});

describe("what a bump by commit refuses, leaving everything as it was", () => {
  const pin = `gateway=${image("v9.0.0", 9)}`;

  test.each<[string, (folder: string) => void, readonly string[], RegExp]>([
    [
      "a dirty tree",
      (folder) => writeFileSync(join(folder, "cdk8s.yaml"), ""),
      [],
      /cdk8s\.yaml is not committed\. Commit/,
    ],
    [
      "a detached head",
      (folder) => git(folder, "checkout", "--quiet", "--detach"),
      [],
      /no branch is checked out\. Check one out/,
    ],
    [
      "no remote",
      (folder) => git(folder, "remote", "remove", "origin"),
      ["--push"],
      /there is no remote origin to push to/,
    ],
    [
      "a branch that the remote does not have",
      (folder) => git(folder, "switch", "--quiet", "--create", "mine"),
      ["--push"],
      /origin has no refs\/heads\/mine\. Push the branch first/,
    ],
    [
      "another run in the same clone",
      (folder) => {
        const lock = join(folder, "gitops/.synth.lock");
        mkdirSync(lock);
        writeFileSync(join(lock, `${process.pid}-1`), "");
      },
      [],
      /another run \(process \d+\) is writing/,
    ],
  ])(
    "%s",
    (what, prepare, args, message) => {
      const folder = scratch.clone(what.replaceAll(" ", "-"));
      prepare(folder);
      const read = () => [
        git(folder, "rev-parse", "HEAD"),
        git(folder, "status", "--porcelain"),
        git(folder, "ls-files", "--stage"),
      ];
      const before = read();
      expectRefusal(command(folder, "bump", "--env", "dev", "--commit", ...args, pin), message);
      expect(read()).toEqual(before);
    },
    60_000,
  );

  test("a shallow clone", () => {
    const folder = scratch.clone("shallow", "--depth", "1");
    const before = stateOf(folder);
    expectRefusal(
      command(folder, "bump", "--env", "dev", "--commit", "--push", pin),
      /this clone is shallow.*--unshallow/,
    );
    expect(stateOf(folder)).toEqual(before);
  }, 60_000);

  test("a remote that does not take the push", () => {
    const folder = scratch.clone("denied");
    const hook = join(scratch.remote, "hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\nexit 1\n");
    chmodSync(hook, 0o755);
    const before = stateOf(folder);
    expectRefusal(
      command(folder, "bump", "--env", "dev", "--commit", "--push", pin),
      /not allowed to push to origin: pre-receive hook declined/,
    );
    expect(stateOf(folder)).toEqual(before);
    writeFileSync(hook, "#!/bin/sh\nexit 0\n");
  }, 60_000);

  test("a folder that is in no repository", () => {
    const folder = scratch.clone("no-repository");
    rmSync(join(folder, ".git"), { recursive: true });
    expectRefusal(
      command(folder, "bump", "--env", "dev", "--commit", pin),
      /is not in a git repository\. Run it in a clone/,
    );
  }, 60_000);
});

test("waits a random time below a bound that doubles up to three seconds", () => {
  expect([0, 1, 4, 20].map((retry) => delay(retry, () => 1))).toEqual([100, 200, 1600, 3000]);
  expect(delay(3, () => 0)).toBe(0);
});
