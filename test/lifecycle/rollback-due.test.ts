import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type RollbackAnswer, rollbackDue } from "#lifecycle/rollback-due";
import { History } from "./history.ts";

const NOON = Date.UTC(2026, 10, 21, 12) / 1000;
const minute = 60;
let history: History;

const git = (...args: Parameters<History["git"]>): string => history.git(...args);

/** Commits a new text in each of these applications of dev, so many minutes before noon. @returns the commit */
function commit(minutesAgo: number, message: string, ...applications: readonly string[]): string {
  const at = NOON - minutesAgo * minute;
  const files = applications.map((name) => [`gitops/dev/${name}/document.yaml`, `at: ${at} ${message}\n`]);
  return history.commit(at, message, Object.fromEntries(files));
}

const asked = (application: string, revision?: string): RollbackAnswer =>
  rollbackDue({
    repository: history.repository,
    environment: "dev",
    path: `gitops/dev/${application}`,
    revision,
    now: new Date(NOON * 1000),
  });

let start: string;
beforeEach(() => {
  history = new History();
  commit(700, "feat: start");
  start = commit(600, "feat(dev): render", "tasks", "chat", "topics");
});
afterEach(() => history.remove());

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
    history.remove();
    history = new History();
    commit(1, "feat: start", "tasks");
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
    const ask = () => rollbackDue({ repository: history.repository, environment: "dev", path, now: new Date() });
    expect(ask).toThrow("is no folder of dev's rendering");
  },
);
