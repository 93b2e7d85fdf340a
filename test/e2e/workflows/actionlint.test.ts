import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { enginePath } from "#test/engines/index";

const lint = (...args: readonly string[]) => spawnSync(enginePath("actionlint"), args, { encoding: "utf8" });

it("has nothing to say about the workflows", () => {
  const files = globSync(".github/workflows/*.yml");
  expect(files).not.toEqual([]);
  const { status, stdout, stderr } = lint("-shellcheck=", "-pyflakes=", ...files);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});

it("would say what is wrong with one", () => {
  const broken = `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo \${{ github.event.issue.title }}\n`;
  const { status, stdout } = spawnSync(enginePath("actionlint"), ["-"], { encoding: "utf8", input: broken });
  expect(status).toBe(1);
  expect(stdout).toContain("potentially untrusted");
});
