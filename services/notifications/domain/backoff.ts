const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Waits between the attempts of a delivery: a receiver may be away for an hour and a half. */
const waits = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS];

/** @returns when to try again after so many attempts, in milliseconds; undefined to give up */
export const waitAfter = (attempts: number): number | undefined => waits[attempts - 1];
