/**
 * Asks the browser to compile scripts whole while they arrive, beside the main thread. Without it V8 reads past every function and
 * compiles it on the main thread when it is called for the first time, which on a phone is the longest stretch of the first screen
 * in which it answers nobody. Browsers that do not know the comment take it for one. https://v8.dev/blog/explicit-compile-hints
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const HINT = "//# allFunctionsCalledOnLoad\n";

/** @param distDir what `next build` writes */
export async function hintScripts({ distDir }: { readonly distDir: string }): Promise<void> {
  const folder = join(distDir, "static", "chunks");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const script = await readFile(file, "utf8");
      // It counts at the beginning of a file alone.
      if (!script.startsWith(HINT)) await writeFile(file, HINT + script);
    }),
  );
}
