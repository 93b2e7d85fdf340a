import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Repository } from "#lifecycle/repository";
import { type RollbackAnswer, rollbackDue } from "#lifecycle/rollback-due";

const NOON = Date.UTC(2026, 10, 21, 12) / 1000;
const minute = 60;
let folder: string;

function git(at: number, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Test",
      GIT_AUTHOR_EMAIL: "test@example.com",
      GIT_COMMITTER_NAME: "Test",
      GIT_COMMITTER_EMAIL: "test@example.com",
      GIT_AUTHOR_DATE: `${at} +0000`,
      GIT_COMMITTER_DATE: `${at} +0000`,
    },
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** Commits a new text in each of these applications of dev, so many minutes before noon. @returns the commit */
function commit(minutesAgo: number, message: string, ...applications: readonly string[]): string {
  const at = NOON - minutesAgo * minute;
  for (const application of applications) {
    const file = join(folder, `gitops/dev/${application}/document.yaml`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `at: ${at} ${message}\n`);
  }
  git(at, "add", "--all");
  git(at, "commit", "--quiet", "--allow-empty", "--message", message);
  return git(at, "rev-parse", "HEAD");
}

const asked = (application: string, revision?: string): RollbackAnswer =>
  rollbackDue({
    repository: new Repository(folder),
    environment: "dev",
    path: `gitops/dev/${application}`,
    revision,
    now: new Date(NOON * 1000),
  });

let start: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rollback-due-"));
  git(NOON, "init", "--quiet", "--initial-branch=main");
  commit(700, "feat: start");
  start = commit(600, "feat(dev): render", "tasks", "chat", "topics");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a failing application", () => {
  test("is rolled back alone when a young commit changed nothing else", () => {
    commit(14, "feat(dev): bump tasks", "tasks");
    commit(2, "feat(dev): bump chat", "chat");
    expect(asked("tasks")).toMatchObject({ due: true, service: "tasks", to: start });
  });

  test("is rolled back with all that its commit changed", () => {
    commit(14, "feat(dev): new topic", "tasks", "topics");
    expect(asked("tasks")).toMatchObject({ due: true, service: null, to: start });
  });

  test("is rolled back with the environment where it is no service", () => {
    commit(1, "feat(dev): new topic", "topics");
    expect(asked("topics")).toMatchObject({ due: true, service: null, to: start });
  });

  test("is left to a person when what changed it is 15 minutes old, or of a time to come", () => {
    commit(15, "feat(dev): bump tasks", "tasks");
    expect(asked("tasks")).toEqual({ due: false, reason: expect.stringContaining("is 15 minutes old") });
    commit(-60, "feat(dev): bump tasks", "tasks");
    expect(asked("tasks").due).toBe(false);
  });

  test("is left to a person when another application changed", () => {
    commit(1, "feat(dev): bump chat", "chat");
    expect(asked("tasks")).toEqual({ due: false, reason: expect.stringContaining("is 600 minutes old") });
  });

  test("is left to a person when nothing was there before, or nothing ever changed it", () => {
    rmSync(join(folder, ".git"), { recursive: true });
    git(NOON, "init", "--quiet", "--initial-branch=main");
    commit(1, "feat: start");
    expect(asked("tasks")).toEqual({ due: false, reason: expect.stringContaining("is the first commit") });
    expect(asked("nowhere")).toEqual({ due: false, reason: "no commit has changed gitops/dev/nowhere" });
  });
});

describe("a rollback", () => {
  test("is not rolled back", () => {
    commit(9, "feat(dev): bump tasks", "tasks");
    commit(1, `revert(dev): go back\n\nRolled-back-to: ${start}`, "tasks");
    expect(asked("tasks")).toEqual({ due: false, reason: expect.stringContaining("is a rollback itself") });
  });

  test("is not rolled back when a merge brought it", () => {
    git(NOON, "switch", "--quiet", "--create", "back");
    commit(5, `revert(dev): go back\n\nRolled-back-to: ${start}`, "tasks");
    git(NOON, "switch", "--quiet", "main");
    git(NOON - minute, "merge", "--quiet", "--no-ff", "back", "--message", "Merge back");
    expect(asked("tasks")).toEqual({ due: false, reason: expect.stringContaining("is a rollback itself") });
  });
});

describe("a promotion that waited for its review", () => {
  test("is as young as its merge", () => {
    git(NOON, "switch", "--quiet", "--create", "promotion");
    commit(300, "feat(staging): promote", "tasks");
    git(NOON, "switch", "--quiet", "main");
    const before = commit(200, "docs: meanwhile");
    git(NOON - 3 * minute, "merge", "--quiet", "--no-ff", "promotion", "--message", "Merge promotion");
    expect(asked("tasks")).toMatchObject({ due: true, to: before });
  });
});

describe("the revision that failed", () => {
  test("counts, not what came after it", () => {
    const failed = commit(10, "feat(dev): bump tasks", "tasks");
    expect(asked("tasks", failed)).toMatchObject({ due: true });
    commit(9, "docs: elsewhere");
    expect(asked("tasks", failed)).toMatchObject({ due: true });
    commit(1, "fix(dev): bump tasks", "tasks");
    expect(asked("tasks", failed)).toEqual({ due: false, reason: expect.stringContaining("which failed") });
  });

  test("has to be known", () => {
    commit(1, "feat(dev): bump tasks", "tasks");
    expect(asked("tasks", "f".repeat(40))).toEqual({ due: false, reason: expect.stringContaining("is no commit") });
  });
});

test.each(["gitops/staging/tasks", "gitops/dev/../prod-aks", "src", "gitops/dev/tasks; true", "/gitops/dev/tasks"])(
  "refuses %s, which is no folder of the environment",
  (path) => {
    const ask = () => rollbackDue({ repository: new Repository(folder), environment: "dev", path, now: new Date() });
    expect(ask).toThrow("is no folder of dev's rendering");
  },
);
