/** What runs in an image: one JavaScript file made of a service and the packages that it imports. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Packages inside the bundle, as folders below the project's, e.g. `node_modules/hono`. */
export type PackageFolders = readonly string[];

/** Entry of a service's bundle, relative to the project. */
export const entryOf = (service: string): string => `services/${service}/main.ts`;

// What pg can do without, and asks for by a require that it guards itself.
const OPTIONAL = ["pg-native"];

// Node tells nobody of deprecated calls inside node_modules. In one file it cannot tell them apart, and would print them between
// the log's lines of JSON.
const BANNER = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
process.noDeprecation = true;`;

/**
 * Writes `main.mjs` and the licences that it carries. The same sources give the same bytes.
 * @param folder is made
 * @throws esbuild's BuildFailure when a module cannot be resolved
 */
export async function bundleService(root: string, service: string, folder: string): Promise<PackageFolders> {
  mkdirSync(folder, { recursive: true });
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entryOf(service)],
    outfile: join(folder, "main.mjs"),
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    // Stack traces stay readable; the bytes are read once, at the start.
    minify: false,
    legalComments: "external",
    metafile: true,
    external: OPTIONAL,
    banner: { js: BANNER },
    logLevel: "silent",
  });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  return packageFolders(Object.keys(metafile.inputs));
}

/** @param inputs paths from the project's folder */
export function packageFolders(inputs: Iterable<string>): PackageFolders {
  const folders = new Set<string>();
  for (const path of inputs) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    if (folder) folders.add(folder);
  }
  return [...folders].sort();
}
