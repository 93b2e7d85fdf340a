"use client";
/** What time it is on the page. */
import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { rememberMinute, thisMinute } from "./local-time.ts";

/** What the server said of the time when it rendered the page. */
export interface ServerClock {
  /** Milliseconds since 1970, to the minute. */
  readonly now: number;
  readonly timeZone: string;
  /** `now` there. */
  readonly minute: string;
}

const FirstNow = createContext<number | undefined>(undefined);

/**
 * What is below begins with the server's minute, also where the browser's clock says another one: both render the same. It is
 * told what that minute is called as well: to work that out is a tenth of a second on a phone, while the page is taken over.
 */
export function Clock({ now, timeZone, minute, children }: ServerClock & { readonly children: ReactNode }) {
  useState(() => rememberMinute(now, timeZone, minute));
  return <FirstNow value={now}>{children}</FirstNow>;
}

/** The current minute, so that a task becomes overdue while somebody looks at it. */
export function useNow(): number {
  const first = use(FirstNow);
  const [now, setNow] = useState(() => first ?? thisMinute());
  useEffect(() => {
    const look = (): void => setNow(thisMinute());
    const timer = setInterval(look, 15_000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return now;
}
