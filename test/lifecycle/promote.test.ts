/** Holding, promoting and rolling back in a real clone. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
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

const services = ["audit", "chat", "frontend", "gateway", "notifications", "realtime", "recurring", "tasks", "tools"];
let scratch: Scratch;
let clone: string;
let server: Server;
let url: string;
let answers = "v1.0.0";

beforeAll(async () => {
  scratch = scratchProject();
  clone = scratch.clone("clone");
  git(clone, "config", "user.name", "Test");
  server = createServer((request, response) => {
    if (request.url === "/api/health") response.end(JSON.stringify({ status: "ok", version: answers }));
    else response.setHeader("content-type", "text/html").end("<!doctype html>");
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(() => {
  server.close();
  scratch.remove();
});

const run = (name: string, ...args: string[]) => command(clone, name, ...args);
const done = (name: string, ...args: string[]): string => {
  const { status, stdout, stderr } = run(name, ...args);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
};
const smoke = (...args: string[]) => started(clone, "smoke", "--url", url, ...args);
const model = "src/environments.ts";
const edit = (from: string, to: string): void => {
  const text = readFileSync(join(clone, model), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(clone, model), text.replace(from, to));
};
const commitAll = (message: string): string => {
  git(clone, "add", "--all");
  git(clone, "commit", "--quiet", "--message", message);
  return git(clone, "rev-parse", "HEAD");
};
const released = (tag: string, seed: number): string[] =>
  services.map((service, index) => `${service}=${image(tag, seed + index)}`);

describe("a held environment", () => {
  test("stays as it was promoted when the model changes, and synth says what a promotion would change", () => {
    const before = git(clone, "rev-parse", "HEAD:gitops/staging");
    edit("traceSampling: 0.5", "traceSampling: 0.4");
    const output = done("synth");
    expect(output).toMatch(
      /staging +\d+ documents .* held at .*: a promotion would change \d+, add 0 and remove 0 documents/,
    );
    expect(output).toMatch(/prod-aks .* held at .*: a promotion would change nothing/);
    commitAll("feat: trace less in staging");
    expect(git(clone, "rev-parse", "HEAD:gitops/staging")).toBe(before);
    expect(run("synth", "--check").status).toBe(0);
    const out = join(scratch.folder, "out");
    done("synth", "--env", "staging", "--out", out);
    expect(existsSync(join(out, "staging/tasks"))).toBe(true);
  }, 60_000);

  test("is not overwritten where it was edited by hand, and --check names the file", () => {
    const file = "gitops/staging/tasks/todo-apps/deployment.apps_tasks.yaml";
    appendFileSync(join(clone, file), "# by hand\n");
    const check = run("synth", "--check");
    expect(check.status).toBe(1);
    expect(check.stdout).toContain(`~ ${file}`);
    expectRefusal(run("synth"), /deployment\.apps_tasks\.yaml .*edited by hand, and staging is held\. Undo it/);
    expect(readFileSync(join(clone, file), "utf8")).toContain("# by hand");
    git(clone, "checkout", "--quiet", "HEAD", "--", "gitops");
    rmSync(join(clone, file));
    expect(run("synth", "--check").status).toBe(1);
    done("synth");
    expect(git(clone, "status", "--porcelain")).toBe("");
  }, 60_000);

  test("fails --check when its images were edited beside a promotion", () => {
    const file = join(clone, "config/images/staging.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"tasks": "unreleased"', `"tasks": "${image("v9", 9)}"`));
    const { status, stdout } = run("synth", "--check");
    expect(status).toBe(1);
    expect(stdout).toContain("~ config/images/staging.json");
    git(clone, "checkout", "--quiet", "HEAD", "--", "config");
  }, 60_000);

  test("is rendered anew on its own images by promoting it to itself", () => {
    const before = stateOf(clone);
    const output = done("promote", "staging", "staging", "--branch", "again");
    expect(output).toContain("committed on again");
    expect(stateOf(clone).slice(1)).toEqual(before.slice(1));
    git(clone, "merge", "--quiet", "--ff-only", "again");
    expect(done("synth")).toMatch(/staging .*: a promotion would change nothing/);
    expect(git(clone, "status", "--porcelain")).toBe("");
  }, 60_000);
});

describe("dev", () => {
  test("has an edit by hand overwritten, and synth names it", () => {
    const file = "gitops/dev/tasks/todo-apps/deployment.apps_tasks.yaml";
    appendFileSync(join(clone, file), "# by hand\n");
    expect(done("synth")).toContain(`edited by hand, overwritten: ${file}`);
    expect(git(clone, "status", "--porcelain")).toBe("");
  }, 60_000);
});

describe("a promotion", () => {
  test("is refused for what was never verified, and for what was never released", () => {
    const before = stateOf(clone);
    expectRefusal(
      run("promote", "dev", "staging"),
      /dev was never verified\. Verify it with npm run smoke .* --force --reason/,
    );
    expectRefusal(
      run("promote", "dev", "staging", "--force", "--reason", "try"),
      /never released: .*tasks.*\. Release them/,
    );
    expect(run("promote", "dev", "staging", "--force").status).toBe(2);
    expectRefusal(run("promote", "staging", "dev"), /dev is not held/);
    expect(stateOf(clone)).toEqual(before);
  }, 60_000);

  test("moves what was verified, not what was bumped or modelled since", async () => {
    done("bump", "--env", "dev", "--commit", ...released("v1.0.0", 1));
    const verified = git(clone, "rev-parse", "HEAD");
    expect(await smoke("--env", "dev", "--record", "--commit")).toEqual({
      status: 0,
      output: expect.stringContaining("dev at"),
    });
    done("bump", "--env", "dev", "--commit", `tasks=${image("v1.1.0", 99)}`);
    edit("todo.dev.example.com", "todo.dev2.example.com");
    edit("traceSampling: 0.4", "traceSampling: 0.3");
    done("synth");
    commitAll("feat: move dev and trace less");
    expect(git(clone, "diff", "--stat", "HEAD~1", "--", "gitops/dev")).not.toBe("");

    const description = join(scratch.folder, "description.md");
    const output = done("promote", "dev", "staging", "--branch", "promotion", "--description", description);
    expect(output).toContain(`tasks: unreleased -> ${image("v1.0.0", 8)}`);
    expect(readFileSync(description, "utf8")).toContain("staging");
    git(clone, "merge", "--quiet", "--ff-only", "promotion");
    expect(pinsOf(clone, "staging").tasks).toBe(image("v1.0.0", 8));
    const record = JSON.parse(readFileSync(join(clone, "config/rendered/staging.json"), "utf8"));
    expect(record.commit).toBe(verified);
    expect(git(clone, "log", "-1", "--format=%(trailers:only,unfold)")).toContain("Promoted-from: dev");
    expect(run("synth", "--check").status).toBe(0);
    expect(done("synth")).toMatch(/staging .*: a promotion would change \d+/);
    expect(done("promote", "dev", "staging")).toContain("nothing to promote");
    expect(git(clone, "worktree", "list").split("\n")).toHaveLength(1);
  }, 120_000);

  test("is refused where the verification failed", async () => {
    answers = "v0.9.0";
    const { status, output } = await smoke("--env", "dev", "--record");
    expect(status).toBe(1);
    expect(output).toContain('FAILED gateway     version "v0.9.0", pinned "v1.0.0"');
    commitAll("chore: record");
    expectRefusal(run("promote", "dev", "prod-doks"), /dev failed its verification at /);
    answers = "v1.0.0";
    await smoke("--env", "dev", "--record");
    commitAll("chore: record");
  }, 60_000);

  test("bumps of a held environment keep its model", () => {
    done("bump", "--env", "staging", "--commit", `chat=${image("v1.0.1", 77)}`);
    expect(git(clone, "show", "--name-only", "--format=", "HEAD").split("\n")).toEqual([
      "config/images/staging.json",
      "config/rendered/staging.json",
      "gitops/staging/chat/todo-apps/deployment.apps_chat.yaml",
      "gitops/staging/chat/todo-apps/job.batch_chat-migration.yaml",
    ]);
    expect(run("synth", "--check").status).toBe(0);
  }, 60_000);
});

describe("a rollback", () => {
  test("restores one service of dev and keeps it until it is cleared; bumps of it wait", () => {
    const before = git(clone, "rev-parse", "HEAD:gitops/dev");
    done("bump", "--env", "dev", "--commit", `tasks=${image("v2.0.0", 120)}`);
    const output = done("rollback", "--env", "dev", "--service", "tasks");
    expect(output).toContain(`tasks: ${image("v2.0.0", 120)} -> ${image("v1.1.0", 99)}`);
    expect(git(clone, "rev-parse", "HEAD:gitops/dev/tasks")).toBe(git(clone, "rev-parse", `${before}:tasks`));
    expect(run("synth", "--check").status).toBe(0);

    done("bump", "--env", "dev", "--commit", `tasks=${image("v2.0.1", 121)}`, `chat=${image("v2.0.1", 122)}`);
    expect(pinsOf(clone, "dev")).toMatchObject({ tasks: image("v1.1.0", 99), chat: image("v2.0.1", 122) });
    edit("todo.dev2.example.com", "todo.dev3.example.com");
    done("synth");
    expect(git(clone, "status", "--porcelain", "--", "gitops/dev/tasks")).toBe("");
    commitAll("feat: move dev");
    expect(run("synth", "--check").status).toBe(0);

    done("rollback", "--env", "dev", "--clear");
    expect(pinsOf(clone, "dev").tasks).toBe(image("v2.0.1", 121));
    expect(existsSync(join(clone, "config/rendered/dev.json"))).toBe(false);
    expect(run("synth", "--check").status).toBe(0);
    expect(done("rollback", "--env", "dev", "--clear")).toContain("no commit");
  }, 120_000);

  test("restores all of a held environment by a new commit, and bumps wait for the next promotion", () => {
    const history = git(clone, "log", "--format=%H", "--", "gitops/staging").split("\n");
    const head = git(clone, "rev-parse", "HEAD");
    done("rollback", "--env", "staging");
    expect(git(clone, "rev-parse", "HEAD~1")).toBe(head);
    expect(git(clone, "rev-parse", "HEAD:gitops/staging")).toBe(
      git(clone, "rev-parse", `${history[1]}:gitops/staging`),
    );
    expect(pinsOf(clone, "staging").chat).toBe(image("v1.0.0", 2));
    expect(run("synth", "--check").status).toBe(0);
    expect(done("synth")).toMatch(/staging .* rolled back to /);
    expectRefusal(
      run("bump", "--env", "staging", "--commit", `chat=${image("v3", 5)}`),
      /staging is rolled back to .*npm run promote/,
    );
    expectRefusal(
      run("rollback", "--env", "staging", "--clear"),
      /staging is held: a rollback ends with its next promotion/,
    );
    // Going back once more goes further back, not forward again to what was left.
    done("rollback", "--env", "staging");
    expect(git(clone, "rev-parse", "HEAD:gitops/staging")).toBe(
      git(clone, "rev-parse", `${history[2]}:gitops/staging`),
    );
    done("promote", "dev", "staging", "--branch", "after-rollback");
    git(clone, "merge", "--quiet", "--ff-only", "after-rollback");
    expect(readFileSync(join(clone, "config/rendered/staging.json"), "utf8")).not.toContain('"pin"');
  }, 120_000);

  test("refuses what cannot go back and an unknown commit, leaving everything as it was", () => {
    const good = git(clone, "rev-parse", "HEAD");
    const record = join(clone, "docs/api/migrations.json");
    mkdirSync(dirname(record), { recursive: true });
    const contraction = { name: "0009_notes", takesAway: "the column tasks.notes", statements: [] };
    writeFileSync(record, JSON.stringify({ tasks: [contraction] }));
    done("bump", "--env", "dev", `tasks=${image("v4.0.0", 140)}`);
    commitAll("feat(tasks): contract");
    const before = stateOf(clone);
    expectRefusal(
      run("rollback", "--env", "dev"),
      /dev cannot go back to .*: tasks: its migration 0009_notes took away .* \(the column tasks\.notes\)/,
    );
    expectRefusal(run("rollback", "--env", "dev", "--to", "nowhere"), /nowhere names no commit/);
    expectRefusal(run("rollback", "--env", "dev", "--to", good, "--service", "tasks"), /its migration 0009_notes/);
    expect(stateOf(clone)).toEqual(before);
  }, 60_000);
});
