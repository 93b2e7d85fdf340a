import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bundleService, entryOf } from "#images/bundle";

describe("a bundle", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "todo-bundle-"));
    const packageFolder = join(root, "node_modules/old-fashioned");
    for (const folder of [packageFolder, join(root, "services/greeter")]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(packageFolder, "package.json"), '{"name":"old-fashioned","main":"index.js"}');
    // Deprecated since Node 6, and told at once.
    writeFileSync(
      join(packageFolder, "index.js"),
      "exports.hello = require('node:buffer').Buffer('hello').toString();",
    );
    writeFileSync(join(root, entryOf("greeter")), 'import { hello } from "old-fashioned";\nconsole.log(hello);\n');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("is one file that runs alone, names what is inside, and does not tell what its packages should have known", async () => {
    const folder = join(root, "bundles/greeter");
    expect(await bundleService(root, "greeter", folder)).toEqual(["node_modules/old-fashioned"]);
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "main.mjs")], { encoding: "utf8", env: {} });
    expect([stdout, stderr]).toEqual(["hello\n", ""]);
  });

  it("of an entry that is not there is refused", async () => {
    await expect(bundleService(root, "nobody", join(root, "bundles/nobody"))).rejects.toThrow(/nobody\/main\.ts/);
  });
});
