/** Where a client that comes back goes on. */

export interface Position {
  /** The newest position; 0 when nothing was ever told. */
  readonly head: number;
  /** The oldest position that is kept. */
  readonly first: number | null;
  /** The account was deleted. */
  readonly erased: boolean;
}

export interface Resumption {
  /** What comes after it is sent. */
  readonly from: number;
  /** The client has to load everything anew. */
  readonly reset: boolean;
}

/** From here on loading the lists anew costs less than replaying what happened to them. */
export const MAX_CATCH_UP = 1_000;

/**
 * @param last the newest position that the client has seen; undefined: it comes for the first time
 */
export function resume({ head, first }: Position, last: number | undefined): Resumption {
  if (last === undefined || last === head) return { from: head, reset: false };
  const unknown = last > head;
  const forgotten = first === null || last < first - 1;
  if (unknown || forgotten || head - last > MAX_CATCH_UP) return { from: head, reset: true };
  return { from: last, reset: false };
}
