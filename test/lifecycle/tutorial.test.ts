import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

test("the tutorial plays bump, break, roll back and promote to its end, and leaves nothing behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "tutorial-test-"));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["src/cli/tutorial.ts"], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: folder },
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("FAILED gateway");
    expect(stdout).toMatch(/gateway: v1\.1\.0@\S+ -> v1\.0\.0@/);
    expect(stdout).toContain("(waits until the rollback is cleared)");
    expect(stdout).toMatch(/feat\(staging\): promote from dev[\s\S]*feat\(staging\): promote from dev/);
    expect(stdout.trimEnd().endsWith("done")).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith("todo-"))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
