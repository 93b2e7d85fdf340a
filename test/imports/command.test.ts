import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { widgetCrd } from "./widgets.ts";

const root = join(import.meta.dirname, "../..");
let crds: string;

beforeAll(() => {
  crds = mkdtempSync(join(tmpdir(), "imports-command-"));
  writeFileSync(join(crds, "widgets.yaml"), widgetCrd([{}]));
});

afterAll(() => rmSync(crds, { recursive: true }));

function imports(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["src/cli/imports.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stdout, lines: stderr.trimEnd().split("\n") };
}

function content(): string[][] {
  return readdirSync(join(root, "imports")).map((name) => [name, readFileSync(join(root, "imports", name), "utf8")]);
}

describe("npm run imports", () => {
  test("--help prints the usage with the exit codes", () => {
    const { status, stdout } = imports("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--from DIR");
    expect(stdout).toContain("Exit codes:");
  });

  test.each([
    [["--check"], "imports: --check needs --from DIR. See npm run imports -- --help."],
    [["--from"], "imports: Option '--from <value>' argument missing. See npm run imports -- --help."],
    [["--nonsense"], "imports: Unknown option '--nonsense'. See npm run imports -- --help."],
  ])("%j ends with one line and exit code 2", (args, line) => {
    expect(imports(...args)).toMatchObject({ status: 2, lines: [line] });
  });

  test("a folder that does not exist ends with one line, a remedy and exit code 1", () => {
    const { status, lines } = imports("--from", join(crds, "nowhere"));
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/nowhere: ENOENT\. Pass a folder that holds the CRD files: /)]);
  });

  test("--check lists what is not up to date, exits 1 and writes nothing", () => {
    const before = content();
    const { status, lines } = imports("--check", "--from", crds);
    expect(status).toBe(1);
    expect(lines).toContain("imports/example.com.ts is not what the sources give");
    expect(lines).toContain("imports/kinds.ts is not what the sources give");
    expect(lines).toContain("imports/keda.sh.ts has no source any more");
    expect(lines.at(-1)).toBe(`imports: not up to date. Run: npm run imports -- --from ${crds}`);
    expect(content()).toEqual(before);
  });
});
