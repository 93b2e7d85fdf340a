const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Tries now, at once when the browser is back online, and ever more rarely in between.
 * @param onFailure called each time it did not work
 * @returns stops trying
 */
export function untilDone(attempt: () => Promise<unknown>, onFailure?: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;
  let state: "waiting" | "trying" | "over" = "waiting";
  const stop = (): void => {
    state = "over";
    clearTimeout(timer);
    window.removeEventListener("online", tryNow);
  };
  const tryNow = (): void => {
    if (state !== "waiting") return;
    state = "trying";
    clearTimeout(timer);
    attempt().then(stop, () => {
      if (state === "over") return;
      state = "waiting";
      onFailure?.();
      timer = setTimeout(tryNow, wait);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    });
  };
  window.addEventListener("online", tryNow);
  tryNow();
  return stop;
}
