/** Node's heap where the container's memory is limited. */
import type { Resources } from "./quantities.ts";

/** From here on there is room for the larger young generation. */
const ROOMY_MEBIBYTES = 384;

/**
 * `NODE_OPTIONS` of a service: half of its limit for what lives long, up to an eighth for what does not; the rest is code, stacks
 * and buffers. Left to itself V8 (Node 24.21) takes 256 MiB also in a container of 256 MiB, whose end then comes before its
 * collector's turn, and a megabyte for young objects, so that what one request needs is copied among the old.
 */
export function nodeOptions({ limits: { memory } }: Resources): string {
  const semiSpace = memory.mebibytes < ROOMY_MEBIBYTES ? 8 : 16;
  return `--max-old-space-size=${Math.floor(memory.mebibytes / 2)} --max-semi-space-size=${semiSpace}`;
}
