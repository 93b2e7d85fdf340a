/** A page that stayed open over a release asks for code that is no longer served: the new page has all of it. */

const KEY = "reloaded-at";
/** Two reloads within this time would be a page that cannot be loaded, and a reload no remedy. */
const ONCE_IN_MS = 60_000;

export const isOfAnOldRelease = (error: Error): boolean =>
  error.name === "ChunkLoadError" || /Failed to load chunk|dynamically imported module/.test(error.message);

export function reloadOnce(): void {
  const before = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - before < ONCE_IN_MS || !navigator.onLine) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  window.location.reload();
}
