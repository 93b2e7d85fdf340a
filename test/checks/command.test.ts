import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { rules } from "#checks/rules";

const root = join(import.meta.dirname, "../..");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const check = (arguments_: readonly string[], cwd = root): Promise<Outcome> =>
  new Promise((done) => {
    execFile(process.execPath, [join(root, "src/cli/check.mjs"), ...arguments_], { cwd }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

describe("npm run check", () => {
  test("checks what would be rendered and writes nothing", async () => {
    const { code, stdout, stderr } = await check(["--env", "dev"]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/checked \d+ documents of 1 environment against \d+ rules: 0 errors, \d+ warnings?\n$/);
    expect(code).toBe(0);
  });

  test("shows the same finding of several environments once", async () => {
    const { stdout } = await check(["--env", "dev", "--env", "staging"]);
    expect(stdout.match(/tasks has no released image/g)).toHaveLength(1);
    expect(stdout).toContain("image-released  dev, staging");
  });

  test("prints findings for machines", async () => {
    const { stdout } = await check(["--env", "dev", "--json"]);
    const { violations } = JSON.parse(stdout) as { violations: object[] };
    expect(violations).toContainEqual(
      expect.objectContaining({
        rule: "image-released",
        environment: "dev",
        origin: "services.tasks",
        severity: "warning",
      }),
    );
  });

  test("lists every rule with its reason and remedy", async () => {
    const { stdout } = await check(["--list"]);
    for (const { id, reason, remedy } of rules) {
      for (const text of [`${id} (`, reason, remedy]) expect(stdout).toContain(text);
    }
    const { rules: listed } = JSON.parse((await check(["--list", "--json"])).stdout) as { rules: { id: string }[] };
    expect(listed.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
  });

  test("lists what is unconfirmed of the chosen environments", async () => {
    const { stdout, code } = await check(["--unconfirmed", "--env", "prod-gke"]);
    expect(stdout).toContain("environments.prod-gke.provider.projectId: example-todo-prod");
    expect(stdout).not.toContain("environments.dev");
    expect(code).toBe(0);
  });

  test("says how long each rule took", async () => {
    const { stdout } = await check(["--env", "dev", "--profile"]);
    for (const { id } of rules) expect(stdout).toMatch(new RegExp(`\\d ms {2}${id}\n`));
  });

  test.each([
    [["--env", "produktion"], 'unknown environment "produktion"'],
    [["--lst"], "Unknown option '--lst'"],
    [["--list", "--unconfirmed"], "exclude each other"],
  ])("refuses %j in one line", async (arguments_, problem) => {
    const { code, stdout, stderr } = await check(arguments_);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(problem);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("refuses another folder in one line", async () => {
    const { code, stderr } = await check([], join(root, "docs"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .* is not the project's folder/);
  });
});
