/** What images stand on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { UnconfirmedFact } from "#model/unconfirmed";

/** Version of Node that the project pins, and so do its images. */
export function nodeVersion(root: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    devDependencies: { node: string };
  };
  return devDependencies.node;
}

/**
 * The official image on Debian stable, by exact version. Its digest could not be confirmed, so it is listed by
 * `npm run check -- --unconfirmed`; only `node` and the libraries that it links reach an image of ours.
 */
export const baseImage = (node: string): string => `docker.io/library/node:${node}-trixie-slim`;

export const unconfirmedBase = (root: string): UnconfirmedFact => ({
  area: "images",
  subject: "images/service.Dockerfile",
  what: `${baseImage(nodeVersion(root))} by its version, without its digest`,
  why: "its registry was not at hand: npm run images -- --base NAME@sha256:... builds on a digest of yours",
});
