/** The packages inside the front end's bundles, where neither a scanner nor the build's output tells them apart. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackageFolders } from "./bundle.ts";

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const SOURCES = ["frontend/**/*.{ts,tsx,css}", "src/{contracts,understanding}/**/*.ts"];

/**
 * What the sources import, and all that these depend on: more than is bundled, as unused parts are left out of a bundle.
 * @returns folders of packages, as the lock file names them
 */
export function frontendPackages(root: string): PackageFolders {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  const found = new Set<string>();
  const visit = (from: string, name: string): void => {
    const folder = resolved(packages, from, name);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, peerDependencies = {} } = packages[folder] ?? {};
    for (const needed of Object.keys({ ...peerDependencies, ...dependencies })) visit(folder, needed);
  };
  for (const name of importedNames(root)) visit("", name);
  return [...found].sort();
}

/** As Node looks packages up: beside the one that asks, then further out. */
function resolved(packages: Readonly<Record<string, unknown>>, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const folder = `${at ? `${at}/` : ""}node_modules/${name}`;
    if (Object.hasOwn(packages, folder)) return folder;
    if (at === "") return undefined;
  }
}

function importedNames(root: string): string[] {
  const names = new Set<string>();
  for (const file of globSync(SOURCES, {
    cwd: root,
    exclude: (path) => /(?:^|\/)(?:\.next|node_modules)$/.test(path),
  })) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, name = ""] of text.matchAll(/(?:from|import|import\()\s*["']((?:@[\w.-]+\/)?[\w.-]+)[^"']*["']/g))
      names.add(name);
  }
  return [...names].sort();
}
