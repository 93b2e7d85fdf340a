"use client";
import { type ComponentType, type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { fetchLater } from "./missing.ts";

export interface LateOptions<P> {
  /** Stands in its place until it is there. @default nothing */
  readonly waiting?: ReactNode;
  /** Closes what would otherwise open minutes later, under somebody's hands. */
  readonly giveUp: (props: P) => void;
}

/**
 * A component whose code comes when it is first shown. Where it does not come, because of a tunnel or a server that
 * restarts, the page goes on and says so: React's own `lazy` would break the page, and never ask again.
 */
export function late<P extends object>(
  load: () => Promise<ComponentType<P>>,
  { waiting = null, giveUp }: LateOptions<P>,
): ComponentType<P> {
  let known: ComponentType<P> | undefined;
  const fetchPart = async (): Promise<ComponentType<P>> => {
    known ??= await load();
    return known;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, where a module begins
  return function Late(props: P) {
    const [Part, setPart] = useState(() => known);
    const failed = useEffectEvent(() => {
      fetchLater(fetchPart);
      giveUp(props);
    });
    useEffect(() => {
      let gone = false;
      fetchPart().then(
        (part) => !gone && setPart(() => part),
        () => !gone && failed(),
      );
      return () => {
        gone = true;
      };
    }, []);
    return Part ? <Part {...props} /> : waiting;
  };
}
