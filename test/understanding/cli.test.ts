import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const CLI = fileURLToPath(new URL("../../src/cli/understand.ts", import.meta.url));
const NOW = ["--now", "2026-11-18T10:00:00+01:00", "--tz", "Europe/Berlin"];

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

describe("the command understand", () => {
  test("prints one JSON line per text, without spans and references", () => {
    const { status, stdout } = run(...NOW, "call Bob tomorrow at 9am p1 @work", "delete the second one", "hello");
    expect(status).toBe(0);
    expect(stdout.split("\n")).toEqual([
      '{"intent":"add_task","title":"call Bob","due":"2026-11-19T09:00","priority":"p1","tags":["work"]}',
      '{"intent":"delete_task","requiresApproval":true}',
      '{"intent":"unknown"}',
      "",
    ]);
  });

  test("takes a text that begins with a dash behind --", () => {
    const { status, stdout } = run(...NOW, "--", "- buy milk tomorrow");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ due: "2026-11-19" });
  });

  test.each([
    [["--now", "now", "--tz", "Europe/Berlin", "x"], "ISO 8601"],
    [["--now", "2026-11-18T10:00:00+01:00", "--tz", "Mars/Olympus", "x"], "IANA"],
    [["--tz", "Europe/Berlin", "x"], "--now"],
    [["--now", "2026-11-18T10:00:00+01:00", "x"], "--tz"],
    [NOW, "no text"],
    [["--nonsense", "x"], "nonsense"],
  ])("ends with code 2 and one line that says what to do: %j", (args, hint) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(hint);
  });
});
