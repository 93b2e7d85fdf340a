/** What time it is for the person: local dates and minutes, which compare as texts. */
import { useEffect, useState } from "react";

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formatters.set(timeZone, made);
  return made;
}

/** By time zone, the last that was asked for: every row of a list asks for the same. */
const minutes = new Map<string, { readonly now: number; readonly minute: string }>();

/** @returns `2026-11-19T09:00` */
export function localMinute(now: number, timeZone: string): string {
  const known = minutes.get(timeZone);
  if (known?.now === now) return known.minute;
  const minute = formatMinute(now, timeZone);
  minutes.set(timeZone, { now, minute });
  return minute;
}

function formatMinute(now: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatterOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

export const localDay = (now: number, timeZone: string): string => localMinute(now, timeZone).slice(0, 10);

/** The current minute, so that a task becomes overdue while somebody looks at it. */
export function useNow(): number {
  const [now, setNow] = useState(() => Math.floor(Date.now() / 60_000) * 60_000);
  useEffect(() => {
    const look = (): void => setNow(Math.floor(Date.now() / 60_000) * 60_000);
    const timer = setInterval(look, 15_000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return now;
}
