import { type RefObject, useEffect, useRef } from "react";

/** From the end, within which a person still follows what is written. */
const NEAR_PX = 80;

/** Keeps the end in sight while something is added, unless somebody scrolled away to read. */
export function useFollow(pane: RefObject<HTMLElement | null>, changed: unknown): { readonly toEnd: () => void } {
  const follows = useRef(true);
  useEffect(() => {
    const element = pane.current;
    if (!element) return;
    const look = (): void => {
      follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    };
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [pane]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changed is not read, it only says that something did.
  useEffect(() => {
    const element = pane.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [pane, changed]);
  return {
    toEnd: () => {
      follows.current = true;
    },
  };
}
