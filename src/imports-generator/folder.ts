import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { marker } from "./render.ts";

/** How a folder differs from what the generator gives; names sorted. */
export interface Difference {
  /** Missing, or with other content. */
  readonly outdated: readonly string[];
  /** Generated earlier, from definitions that are no longer there. */
  readonly stale: readonly string[];
  /** Not generated: reported, never touched. */
  readonly foreign: readonly string[];
}

/** Compares the folder (it need not exist) with the generated files, by name and content. */
export async function compareFolder(folder: string, files: ReadonlyMap<string, string>): Promise<Difference> {
  const present = await readAll(folder);
  const others = [...present].filter(([name]) => !files.has(name));
  return {
    outdated: [...files].flatMap(([name, text]) => (present.get(name) === text ? [] : [name])).sort(),
    stale: others.flatMap(([name, text]) => (text.startsWith(marker) ? [name] : [])),
    foreign: others.flatMap(([name, text]) => (text.startsWith(marker) ? [] : [name])),
  };
}

/** Writes what differs and removes what is stale; unchanged and foreign files stay untouched. */
export async function updateFolder(folder: string, files: ReadonlyMap<string, string>): Promise<Difference> {
  const difference = await compareFolder(folder, files);
  await mkdir(folder, { recursive: true });
  for (const name of difference.outdated) await writeFile(join(folder, name), files.get(name) ?? "");
  for (const name of difference.stale) await rm(join(folder, name));
  return difference;
}

async function readAll(folder: string): Promise<Map<string, string>> {
  if (!existsSync(folder)) return new Map();
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const names = entries.map(({ name }) => name).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}
