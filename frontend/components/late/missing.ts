/** Parts of the page that somebody wanted and whose code did not come; it is fetched as soon as it can be. */
import { useSyncExternalStore } from "react";
import { untilDone } from "./until-done.ts";

type Load = () => Promise<unknown>;

const missing = new Set<Load>();
const listeners = new Set<() => void>();

const tell = (): void => {
  for (const listener of listeners) listener();
};

/** Goes on fetching it, whether or not what wanted it is still on the screen. */
export function fetchLater(load: Load): void {
  if (missing.has(load)) return;
  missing.add(load);
  tell();
  untilDone(async () => {
    await load();
    missing.delete(load);
    tell();
  });
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useIsMissing = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => missing.size > 0,
    () => false,
  );
