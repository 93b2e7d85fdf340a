/** Schedules as Dapr reads them: `@every 1m30s`, `@hourly` and the like, or six fields beginning with seconds, in local time. */
import { setTimeout as delay } from "node:timers/promises";
import { paths } from "#model/paths";
import type { AppChannel } from "./app-channel.ts";
import { milliseconds } from "./policy.ts";

const NAMED: Readonly<Record<string, string>> = {
  "@hourly": "0 0 * * * *",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@weekly": "0 0 0 * * 0",
  "@monthly": "0 0 0 1 * *",
  "@yearly": "0 0 0 1 1 *",
};

const RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** Node's timers overflow after 24 days. */
const LONGEST_DELAY_MS = 86_400_000;

const FIVE_YEARS_OF_DAYS = 1_830;

/**
 * The first time after `from`, in milliseconds since the epoch.
 * @throws TypeError for a schedule that cannot be read or never comes
 */
export function nextRun(schedule: string, from: number): number {
  const every = /^@every (.+)$/.exec(schedule)?.[1];
  if (every) return from + milliseconds(every);
  const fields = (NAMED[schedule] ?? schedule).trim().split(/\s+/);
  if (fields.length !== 6) throw new TypeError(`"${schedule}" is no schedule: use "@every 5m" or six fields`);
  const sets = RANGES.map(([min, max], i) => valuesOf(fields[i] ?? "", min, max));
  const [seconds, minutes, hours, days, months, weekdays] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  const at = new Date(from);
  at.setMilliseconds(0);
  at.setSeconds(at.getSeconds() + 1);
  for (let tried = 0; tried < FIVE_YEARS_OF_DAYS; tried++) {
    if (months.has(at.getMonth() + 1) && days.has(at.getDate()) && weekdays.has(at.getDay())) {
      const found = withinDay(at, hours, minutes, seconds);
      if (found !== undefined) return found;
    }
    at.setDate(at.getDate() + 1);
    at.setHours(0, 0, 0);
  }
  throw new TypeError(`"${schedule}" never comes`);
}

function withinDay(from: Date, hours: Set<number>, minutes: Set<number>, seconds: Set<number>): number | undefined {
  const at = new Date(from);
  while (at.getDate() === from.getDate()) {
    if (!hours.has(at.getHours())) at.setHours(at.getHours() + 1, 0, 0);
    else if (!minutes.has(at.getMinutes())) at.setMinutes(at.getMinutes() + 1, 0);
    else if (!seconds.has(at.getSeconds())) at.setSeconds(at.getSeconds() + 1);
    else return at.getTime();
  }
  return undefined;
}

function valuesOf(field: string, min: number, max: number): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw new TypeError(`"${part}" is no part of a schedule`);
    const [, , first, last, step] = match;
    const from = first === undefined ? min : Number(first);
    const to = last === undefined ? (first === undefined || step !== undefined ? max : from) : Number(last);
    if (from < min || to > max || from > to) throw new TypeError(`"${part}" is not within ${min} to ${max}`);
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** Calls the service by the clock; what is missed while it is away is not made up for. */
export async function runCron(
  binding: string,
  schedule: string,
  channel: AppChannel,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const due = nextRun(schedule, Date.now());
    while (Date.now() < due && !signal.aborted) {
      await delay(Math.min(LONGEST_DELAY_MS, due - Date.now()), undefined, { signal, ref: false }).catch(() => {});
    }
    await channel.untilHealthy(signal);
    if (signal.aborted) return;
    try {
      const { status } = await channel.call({
        method: "POST",
        path: paths.cron(binding),
        headers: {},
        body: "",
        signal,
      });
      if (status >= 300) log(`the cron binding ${binding} was answered with ${status}`);
    } catch (error) {
      if (!signal.aborted) log(`the cron binding ${binding} was not taken: ${(error as Error).message}`);
    }
  }
}
