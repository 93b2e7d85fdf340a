/** What time it is for the person: local dates and minutes, which compare as texts. */

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

/** For whoever was told, and need not work it out. */
export function rememberMinute(now: number, timeZone: string, minute: string): void {
  minutes.set(timeZone, { now, minute });
}

/** Milliseconds since 1970. */
export const thisMinute = (): number => Math.floor(Date.now() / 60_000) * 60_000;
