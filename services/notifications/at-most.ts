/** @returns `work`, of which at most `limit` run at a time; the others wait their turn. */
export function atMost<I, O>(limit: number, work: (input: I) => Promise<O>): (input: I) => Promise<O> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (input) => {
    if (running >= limit) await new Promise<void>((turn) => queue.push(turn));
    else running += 1;
    try {
      return await work(input);
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
