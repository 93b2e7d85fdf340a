/** For what follows the first paint: when the browser has nothing better to do, and no later than `latestMs`. */
export function whenIdle(run: () => void, latestMs = 2_000): () => void {
  if (typeof requestIdleCallback === "function") {
    const handle = requestIdleCallback(run, { timeout: latestMs });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(run, latestMs / 4);
  return () => clearTimeout(timer);
}

/** A phone is busy with a page for longer than the page is to be seen. */
const SETTLED_MS = 5_000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel"] as const;

let settled = false;

/** For what somebody may want next: idle after the first sign of a person, or after the page had its time to settle. */
export function whenSettled(run: () => void): () => void {
  if (settled) return whenIdle(run);
  let cancel: (() => void) | undefined;
  const forget = (): void => {
    clearTimeout(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, begin);
  };
  const begin = (): void => {
    settled = true;
    forget();
    cancel = whenIdle(run);
  };
  const timer = setTimeout(begin, SETTLED_MS);
  for (const sign of SIGNS) window.addEventListener(sign, begin, { passive: true });
  return () => {
    forget();
    cancel?.();
  };
}

/** For what has to know whether everything that the page named has come. */
export function whenLoaded(run: () => void): () => void {
  if (document.readyState === "complete") run();
  else window.addEventListener("load", run, { once: true });
  return () => window.removeEventListener("load", run);
}

/**
 * Starts something that takes its time, when it is its turn.
 * @param wait such as `whenIdle`
 * @param start returns what stops it
 * @returns stops it, and the waiting for it
 */
export function startWhen(wait: (run: () => void) => () => void, start: () => () => void): () => void {
  let stop: (() => void) | undefined;
  const cancel = wait(() => {
    stop = start();
  });
  return () => {
    cancel();
    stop?.();
  };
}
