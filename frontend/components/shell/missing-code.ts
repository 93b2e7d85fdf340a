/** Code that did not come: no network, or a page that stayed open over a release, whose code is no longer served. */

const KEY = "reloaded-at";
/** Two reloads within this time would be a page that cannot be loaded, and a reload no remedy. */
const ONCE_IN_MS = 60_000;

export const isMissingCode = (error: Error): boolean =>
  error.name === "ChunkLoadError" || /Failed to load chunk|dynamically imported module/.test(error.message);

/** The new page has all that it needs. Offline there would be none. */
export function reloadOnce(): void {
  const before = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - before < ONCE_IN_MS || !navigator.onLine) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  window.location.reload();
}
