const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

/** @param at from 0 to 1 */
export function quantileOf(numbers: readonly number[], at: number): number {
  const all = sorted(numbers);
  return all[Math.min(all.length - 1, Math.floor(at * all.length))] ?? Number.NaN;
}

export const median = (numbers: readonly number[]): number => quantileOf(numbers, 0.5);
