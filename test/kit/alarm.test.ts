import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { Alarm } from "#kit/alarm";

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

/** Whether it is still waited for after everything that can happen at once has happened. */
const isWaiting = (wait: Promise<void>): Promise<boolean> => Promise.race([wait.then(() => false), delay(20, true)]);

describe("an alarm", () => {
  it("wakes who waits, however often it rings, and the next wait is a new one", async () => {
    const alarm = new Alarm();
    const wait = alarm.wait(HOUR_MS, never);
    expect(await isWaiting(wait)).toBe(true);
    for (let ring = 0; ring < 3; ring++) alarm.ring();
    await wait;
    const stopping = new AbortController();
    const next = alarm.wait(HOUR_MS, stopping.signal);
    expect(await isWaiting(next)).toBe(true);
    stopping.abort();
    await next;
  });

  it("that rang while nobody listened wakes the next at once, and one alone", async () => {
    const alarm = new Alarm();
    alarm.ring();
    alarm.ring();
    await alarm.wait(HOUR_MS, never);
    const stopping = new AbortController();
    const next = alarm.wait(HOUR_MS, stopping.signal);
    expect(await isWaiting(next)).toBe(true);
    stopping.abort();
    await next;
  });

  it("is over when the time is", async () => {
    await new Alarm().wait(1, never);
  });
});
