import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { compareFolder, updateFolder } from "#imports-generator/folder";
import { marker } from "#imports-generator/render";

const files = new Map([
  ["a.ts", `${marker}\nexport interface A {}\n`],
  ["kinds.ts", `${marker}\nexport const kinds = {};\n`],
]);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "imports-folder-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("the imports folder", () => {
  test("is made when missing, and a second update finds nothing to do", async () => {
    const target = join(folder, "imports");
    expect(await updateFolder(target, files)).toEqual({ outdated: ["a.ts", "kinds.ts"], stale: [], foreign: [] });
    expect(await updateFolder(target, files)).toEqual({ outdated: [], stale: [], foreign: [] });
    expect(await readFile(join(target, "a.ts"), "utf8")).toBe(files.get("a.ts"));
  });

  test("is not made by a comparison", async () => {
    const target = join(folder, "imports");
    expect((await compareFolder(target, files)).outdated).toEqual(["a.ts", "kinds.ts"]);
    await expect(stat(target)).rejects.toThrow("ENOENT");
  });

  test("loses generated files without a source and keeps those that are not generated", async () => {
    await writeFile(join(folder, "old.ts"), `${marker}\nexport interface Old {}\n`);
    await writeFile(join(folder, "notes.md"), "mine\n");
    expect(await updateFolder(folder, files)).toMatchObject({ stale: ["old.ts"], foreign: ["notes.md"] });
    expect((await readdir(folder)).sort()).toEqual(["a.ts", "kinds.ts", "notes.md"]);
  });

  test("keeps unchanged files untouched and repairs an edited one", async () => {
    await updateFolder(folder, files);
    const past = new Date("2001-02-03T04:05:06Z");
    await utimes(join(folder, "kinds.ts"), past, past);
    await writeFile(join(folder, "a.ts"), `${files.get("a.ts")}// edited\n`);
    expect((await updateFolder(folder, files)).outdated).toEqual(["a.ts"]);
    expect((await stat(join(folder, "kinds.ts"))).mtime).toEqual(past);
    expect(await readFile(join(folder, "a.ts"), "utf8")).toBe(files.get("a.ts"));
  });
});
