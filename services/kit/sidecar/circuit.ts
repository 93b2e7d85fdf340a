/**
 * Whether a callee is worth asking. Closed, everybody asks. After failures in a row it is open: one look at a time, first soon,
 * then ever less often, up to once a second. Nobody is refused on old news: who comes meanwhile waits for a look that was made
 * after he came, so that the first request after the callee is back succeeds, and a dead callee hears one request a second.
 */

export interface CircuitOptions {
  /** What a refused caller is told. */
  readonly refusal: () => Error;
}

/** How a request ended, for the circuit. */
export type Verdict = "answered" | "failed" | "unknown";

interface Waiting {
  readonly since: number;
  /** Woken without an error he may ask. */
  wake(error?: unknown): void;
}

const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
/** No shorter than the longest pause: a look is due before a caller has waited so long. */
const PATIENCE_MS = 1_000;
/** What waits holds memory, and a connection of whoever asks. */
const MOST_WAITING = 100;

export class Circuit {
  readonly #refusal: () => Error;
  readonly #waiting = new Set<Waiting>();
  #failures = 0;
  #pause = FIRST_PAUSE_MS;
  #lookAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ refusal }: CircuitOptions) {
    this.#refusal = refusal;
  }

  /**
   * Asks when that is worth it, at most a second later.
   * @param verdictOf what the outcome says of the callee
   * @throws the refusal, the signal's reason, or what `ask` throws
   */
  async run<T>(
    ask: () => Promise<T>,
    verdictOf: (outcome: PromiseSettledResult<T>) => Verdict,
    signal?: AbortSignal | null,
  ): Promise<T> {
    if (this.#isOpen && !this.#mayLook()) await this.#turn(signal);
    const asked = performance.now();
    const [outcome] = await Promise.allSettled([ask()]);
    this.#judge(verdictOf(outcome), asked);
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  get #isOpen(): boolean {
    return this.#failures >= FAILURES_TO_OPEN;
  }

  /** Takes the look that is due, if one is; who waits longer comes first. */
  #mayLook(): boolean {
    if (this.#waiting.size > 0 || performance.now() < this.#lookAt) return false;
    this.#postpone();
    return true;
  }

  /** A look whose outcome is long in coming holds up no other. */
  #postpone(): void {
    this.#lookAt = performance.now() + this.#pause;
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
  }

  #turn(signal?: AbortSignal | null): Promise<void> {
    if (signal?.aborted) throw signal.reason;
    if (this.#waiting.size >= MOST_WAITING) throw this.#refusal();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        since: performance.now(),
        wake: (error) => {
          this.#waiting.delete(waiting);
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      const onAbort = (): void => waiting.wake(signal?.reason);
      const timer = setTimeout(() => waiting.wake(this.#refusal()), PATIENCE_MS);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiting);
      this.#arm();
    });
  }

  /** At the next look the first who waits makes it. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) return;
    this.#timer = setTimeout(
      () => {
        const [first] = this.#waiting;
        if (!first) return;
        this.#postpone();
        first.wake();
        this.#arm();
      },
      Math.max(0, this.#lookAt - performance.now()),
    );
  }

  /** @param asked when the request was sent that this is the outcome of */
  #judge(verdict: Verdict, asked: number): void {
    if (verdict === "unknown") return;
    const wasOpen = this.#isOpen;
    if (verdict === "answered") {
      this.#failures = 0;
      clearTimeout(this.#timer);
      for (const waiting of [...this.#waiting]) waiting.wake();
      return;
    }
    this.#failures++;
    if (!this.#isOpen) return;
    if (!wasOpen) {
      this.#pause = FIRST_PAUSE_MS;
      this.#postpone();
    }
    for (const waiting of [...this.#waiting]) if (waiting.since <= asked) waiting.wake(this.#refusal());
  }
}
