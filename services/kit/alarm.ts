/** Waking whoever works in the background. */
import { sleep } from "./sleep.ts";

/** Rings once for any number of wake-ups while nobody listens. */
export class Alarm {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    // Once: to abort again would do nothing, but make an error with a stack each time.
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Until it rings, the signal aborts or the time is over; never rejects. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung) {
      const awake = new AbortController();
      this.#wake = () => awake.abort();
      await sleep(milliseconds, AbortSignal.any([awake.signal, signal]));
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
