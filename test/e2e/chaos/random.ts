/** Choices that are the same for the same seed. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** Milliseconds or anything else that is whole, both ends included. */
  between(low: number, high: number): number;
  pick<T>(of: readonly [T, ...T[]] | readonly T[]): T;
  shuffled<T>(of: readonly T[]): T[];
}

/** mulberry32: small, and good enough to choose faults with. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(of: readonly T[]): T => {
    if (of.length === 0) throw new RangeError("there is nothing to choose from");
    return of[between(0, of.length - 1)] as T;
  };
  const shuffled = <T>(of: readonly T[]): T[] => {
    const left = [...of];
    return of.map(() => left.splice(between(0, left.length - 1), 1)[0] as T);
  };
  return { next, between, pick, shuffled };
}
