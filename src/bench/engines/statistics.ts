/** Numbers of one run: how two things that took turns compare. */
import { median, quantileOf } from "../quantiles.ts";

/** What one side did in one turn. */
export interface Turn {
  /** Each in milliseconds. */
  readonly times: readonly number[];
  /** Per second. */
  readonly rate: number;
  /** Processor time of one, by process, where it was taken. */
  readonly cpuMilliseconds?: Readonly<Record<string, number>>;
}

/** Both sides' turns, the two of a round one after the other. */
export interface Compared {
  readonly product: readonly Turn[];
  readonly bare: readonly Turn[];
}

export interface Ratio {
  readonly product: number;
  readonly bare: number;
  /** Product by bare, over all rounds. */
  readonly ratio: number;
  /** Smallest and largest ratio of a single round: how far to trust the one above. */
  readonly range: readonly [number, number];
}

export function ratioOf({ product, bare }: Compared, read: (turns: readonly Turn[]) => number): Ratio {
  const [ours, theirs] = [read(product), read(bare)];
  const single = product.flatMap((turn, index) => {
    const other = bare[index];
    return other ? [read([turn]) / read([other])] : [];
  });
  return { product: ours, bare: theirs, ratio: ours / theirs, range: [Math.min(...single), Math.max(...single)] };
}

export const rateOf = (turns: readonly Turn[]): number => median(turns.map(({ rate }) => rate));

/** @param parts those to add up */
export const cpuOf =
  (parts: readonly string[]) =>
  (turns: readonly Turn[]): number =>
    median(turns.map(({ cpuMilliseconds = {} }) => parts.reduce((sum, part) => sum + (cpuMilliseconds[part] ?? 0), 0)));

/** Of all turns' times together. */
export const timeOf =
  (q: number) =>
  (turns: readonly Turn[]): number =>
    quantileOf(
      turns.flatMap(({ times }) => times),
      q,
    );
