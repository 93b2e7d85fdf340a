import { useSyncExternalStore } from "react";

/** Where Tailwind's `xl:` begins. */
const WIDE = "(min-width: 80rem)";

const subscribe = (listener: () => void): (() => void) => {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
};

/** Whether there is room for two things side by side; false on the server, which does not know. */
export const useIsWide = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => window.matchMedia(WIDE).matches,
    () => false,
  );
