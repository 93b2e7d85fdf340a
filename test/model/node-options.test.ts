import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { nodeOptions } from "#model/node-options";
import { mebibytes, millicores } from "#model/quantities";
import { todo } from "#system";

const resources = (memory: number) => {
  const both = { cpu: millicores(100), memory: mebibytes(memory) };
  return { requests: both, limits: both };
};

describe("nodeOptions", () => {
  it("leaves half of the limit to what is no heap, or more", () => {
    expect(nodeOptions(resources(256))).toBe("--max-old-space-size=128 --max-semi-space-size=8");
    expect(nodeOptions(resources(384))).toBe("--max-old-space-size=192 --max-semi-space-size=16");
    expect(nodeOptions(resources(255))).toContain("--max-old-space-size=127 ");
  });

  it("is taken by Node as the limit of its heap", () => {
    for (const [name, service] of Object.entries(todo.services)) {
      const print = "console.log(require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20)";
      const { stdout } = spawnSync(process.execPath, ["-e", print], {
        env: { NODE_OPTIONS: nodeOptions(service.resources) },
        encoding: "utf8",
      });
      const limit = service.resources.limits.memory.mebibytes;
      expect([name, Number(stdout) > limit / 2, Number(stdout) < limit * 0.7]).toEqual([name, true, true]);
    }
  });
});
