import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";

test("what must not compile does not, and everything else does", () => {
  const check = (): string => {
    try {
      return execFileSync(
        process.execPath,
        ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--pretty", "false"],
        { encoding: "utf8" },
      );
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  expect(check()).toBe("");
});
