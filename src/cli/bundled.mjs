// @ts-check
/**
 * Runs a command from one bundled file instead of its hundred modules: resolving and reading those is what starting costs.
 * The bundle is a cache in `node_modules/.cache`, made anew when a source changed; where none can be made or kept, the
 * modules run as they are. In JavaScript, because loading Node's own TypeScript reader would cost as much as the bundle saves.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, "node_modules/.cache/todo");

/**
 * Imports a module for its effects.
 * @param {string} entry below `src/`, such as `cli/synth-command.ts`
 */
export async function runBundled(entry) {
  enableCompileCache(join(cache, "compiled"));
  const name = basename(entry, ".ts");
  const bundle = join(cache, `${name}.mjs`);
  if (isFresh(`${bundle}.json`) || (await build(join(root, "src", entry), bundle))) {
    await import(pathToFileURL(bundle).href);
  } else {
    await import(`../${entry}`);
  }
}

/**
 * The change time cannot be set back, so an edit is seen however fast it follows.
 * @param {string} path relative to the project
 */
function stamp(path) {
  const { size, ctimeNs } = statSync(join(root, path), { bigint: true });
  return `${size}-${ctimeNs}`;
}

/**
 * @param {string} manifest file that holds the stamps of what its bundle was made from, by path
 */
function isFresh(manifest) {
  try {
    const inputs = JSON.parse(readFileSync(manifest, "utf8"));
    return Object.entries(inputs).every(([path, known]) => stamp(path) === known);
  } catch {
    return false;
  }
}

/**
 * @param {string} entry
 * @param {string} bundle
 * @returns {Promise<boolean>} whether there is a bundle now
 */
async function build(entry, bundle) {
  const mine = `${bundle}.${process.pid}`;
  const began = BigInt(Date.now()) * 1_000_000n;
  try {
    const { build: bundleUp } = await import("esbuild");
    const { metafile } = await bundleUp({
      entryPoints: [entry],
      outfile: mine,
      absWorkingDir: root,
      bundle: true,
      platform: "node",
      format: "esm",
      metafile: true,
      logLevel: "silent",
      // Dependencies in CommonJS call `require` for Node's own modules.
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
    });
    const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
    const inputs = Object.fromEntries(
      [...sources, "package.json", "package-lock.json"].map((path) => [path, stamp(path)]),
    );
    // Edited while it was bundled: this run has what it read, the next one looks again.
    const edited = Object.values(inputs).some((stamped) => BigInt(stamped.slice(stamped.indexOf("-") + 1)) >= began);
    writeFileSync(`${mine}.json`, JSON.stringify(edited ? { "": "" } : inputs));
    renameSync(mine, bundle);
    renameSync(`${mine}.json`, `${bundle}.json`);
    return true;
  } catch {
    rmSync(mine, { force: true });
    rmSync(`${mine}.json`, { force: true });
    return false;
  }
}
