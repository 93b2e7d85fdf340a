/** Stretches of a text that is being typed: they move with their words, and end when their words are changed. */
import type { Region } from "./reading.ts";

/** @returns the regions as they lie in `after`, which came from `before` by one edit */
export function movedRegions(regions: readonly Region[], before: string, after: string): Region[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const changedTo = before.length - tail;
  const by = after.length - before.length;
  return regions.flatMap((region) => {
    if (region.end <= head) return [region];
    if (region.start >= changedTo) return [{ start: region.start + by, end: region.end + by }];
    return [];
  });
}
