import { useSyncExternalStore } from "react";

const never = (): (() => void) => () => undefined;

/**
 * False on the server and while its markup is taken over, true from then on. A part of the page that is taken over late may
 * find the cache filled already: what the server did not know must not be shown before.
 */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
