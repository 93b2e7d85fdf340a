import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** From the end, within which a person still follows what is written. */
const NEAR_PX = 64;

export interface Follow {
  /** Somebody scrolled away to read; what comes stays out of sight. */
  readonly isAway: boolean;
  readonly toEnd: () => void;
}

/** Keeps the end in sight while the content grows, unless somebody scrolled away to read. */
export function useFollow(pane: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): Follow {
  const follows = useRef(true);
  const [isAway, setAway] = useState(false);
  const toEnd = useCallback(() => {
    follows.current = true;
    setAway(false);
    pane.current?.scrollTo({ top: pane.current.scrollHeight });
  }, [pane]);
  useEffect(() => {
    const scroller = pane.current;
    const grown = content.current;
    if (!scroller || !grown) return;
    const look = (): void => {
      follows.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
      setAway(!follows.current);
    };
    const observer = new ResizeObserver(() => {
      if (follows.current) scroller.scrollTop = scroller.scrollHeight;
    });
    observer.observe(grown);
    observer.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, [pane, content]);
  return { isAway, toEnd };
}
