/** kube-score and checkov find nothing in what we render that is not waived beside the code with a reason. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { environments } from "#environments";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { enginePath, temporaryFolder } from "#test/engines/index";

const folder = temporaryFolder("scanned");

const yamlFiles = (below: string): string[] =>
  readdirSync(below, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map(({ parentPath, name }) => join(parentPath, name));

const run = (command: string, ...arguments_: string[]) =>
  spawnSync(command, arguments_, { encoding: "utf8", maxBuffer: 1 << 27 });

function kubeScore(below: string): string[] {
  const { stdout, stderr, status } = run(
    enginePath("kube-score"),
    "score",
    "--output-format",
    "ci",
    ...yamlFiles(below),
  );
  if (status === null || (stdout === "" && stderr !== "")) throw new Error(`kube-score did not run: ${stderr}`);
  return stdout.split("\n").filter((line) => /^\[(CRITICAL|WARNING)\]/.test(line));
}

function checkov(below: string): { failed: string[]; passed: number } {
  const { stdout, stderr } = run(
    enginePath("checkov"),
    "-d",
    below,
    "--framework",
    "kubernetes",
    "--skip-download",
    "--output",
    "json",
    "--quiet",
  );
  const start = stdout.indexOf("{");
  if (start < 0) throw new Error(`checkov did not run: ${stderr}`);
  const { results, summary } = JSON.parse(stdout.slice(start)) as {
    results: { failed_checks: { check_id: string; resource: string }[] };
    summary: { passed: number };
  };
  return {
    failed: results.failed_checks.map(({ check_id, resource }) => `${check_id} ${resource}`),
    passed: summary.passed,
  };
}

beforeAll(() => {
  for (const environment of Object.values(environments)) {
    for (const [path, text] of renderEnvironment(todo, environment, {}).files) {
      mkdirSync(dirname(join(folder.path, path)), { recursive: true });
      writeFileSync(join(folder.path, path), text);
    }
  }
});
afterAll(() => folder.remove());

describe.each(Object.keys(environments))("the rendering of %s", (name) => {
  test("leaves kube-score nothing to say", () => {
    expect(kubeScore(join(folder.path, name))).toEqual([]);
  });

  test("leaves checkov nothing to say", () => {
    const { failed, passed } = checkov(join(folder.path, name));
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(500);
  }, 120_000);
});

test("both see a pod that does what it should not", () => {
  const bad = temporaryFolder("bad");
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "bad", namespace: "x" },
    spec: { containers: [{ name: "bad", image: "x:latest", securityContext: { privileged: true } }] },
  };
  writeFileSync(join(bad.path, "pod.yaml"), JSON.stringify(pod));
  expect(kubeScore(bad.path).join()).toContain("CRITICAL");
  expect(checkov(bad.path).failed.join()).toContain("CKV_K8S_16");
  bad.remove();
}, 120_000);
