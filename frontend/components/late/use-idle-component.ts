import { type ComponentType, useEffect, useState } from "react";
import { startWhen, whenIdle } from "../when-idle.ts";
import { untilDone } from "./until-done.ts";

/**
 * A component that is to come by itself, after what is more urgent: its code is fetched when the browser has nothing better to
 * do, again where that fails.
 * @param load the same function every time
 * @param latestMs as of `whenIdle`
 * @returns undefined until it is there, and while it is not wanted
 */
export function useIdleComponent<P = object>(
  load: () => Promise<ComponentType<P>>,
  latestMs: number,
  wanted = true,
): ComponentType<P> | undefined {
  const [Part, setPart] = useState<ComponentType<P>>();
  useEffect(() => {
    if (!wanted) return;
    const fetchPart = async (): Promise<void> => {
      const part = await load();
      setPart(() => part);
    };
    return startWhen(
      (run) => whenIdle(run, latestMs),
      () => untilDone(fetchPart),
    );
  }, [load, latestMs, wanted]);
  return wanted ? Part : undefined;
}
