/** Which of our images a range of commits changes: what CI has to build. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { entryOf } from "./bundle.ts";
import { FRONTEND, hasFrontend } from "./frontend.ts";

/** What every image is built with. */
const COMMON = /^(?:package(?:-lock)?\.json|images\/.*|src\/images\/.*)$/;

/** The images that have sources. */
export const buildable = (root: string, images: readonly string[]): string[] =>
  images.filter((image) => (image === FRONTEND ? hasFrontend(root) : existsSync(join(root, entryOf(image)))));

/**
 * The images that are made from a changed file: what a service's bundle reads, and what every image is built with.
 * @param changed paths from the project's folder; `null` when it is not known, which is every image
 */
export async function changedImages(
  root: string,
  images: readonly string[],
  changed: readonly string[] | null,
): Promise<string[]> {
  const all = buildable(root, images);
  if (changed === null || changed.some((path) => COMMON.test(path))) return all;
  const touched = await Promise.all(all.map((image) => isTouched(root, image, changed)));
  return all.filter((_, index) => touched[index]);
}

async function isTouched(root: string, image: string, changed: readonly string[]): Promise<boolean> {
  // The front end is built by Next and may read any of what services share.
  if (image === FRONTEND) return changed.some((path) => /^(?:frontend|src)\//.test(path));
  // A file that was removed is no longer an input, so the service's own folder counts as a whole.
  if (changed.some((path) => path.startsWith(`services/${image}/`))) return true;
  const inputs = await inputsOf(root, entryOf(image));
  return changed.some((path) => inputs.has(path));
}

async function inputsOf(root: string, entry: string): Promise<Set<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  return new Set(Object.keys(metafile.inputs));
}
