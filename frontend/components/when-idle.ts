/** For what follows the first paint: when the browser has nothing better to do, and no later than `latestMs`. */
export function whenIdle(run: () => void, latestMs = 2_000): () => void {
  if (typeof requestIdleCallback === "function") {
    const handle = requestIdleCallback(run, { timeout: latestMs });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(run, latestMs / 4);
  return () => clearTimeout(timer);
}
