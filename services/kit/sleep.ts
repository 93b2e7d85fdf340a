import { setTimeout as delay } from "node:timers/promises";

/** Resolves after the time, or as soon as the signal aborts; never rejects. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
}
