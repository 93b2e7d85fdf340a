/**
 * How much one user may ask of this replica: a bucket that refills. Kept in the process, as a call to the state store would
 * cost each request more than most requests cost; what it protects is this replica and the services behind it.
 */

import type { Clock } from "#kit/clock";
import { AppError } from "#kit/errors";

export interface BucketOptions {
  /** Requests at once. */
  readonly burst: number;
  /** How many more each second. */
  readonly perSecond: number;
  readonly clock: Clock;
}

export interface Buckets {
  /** @throws AppError `too-many-requests` with the seconds until the next one */
  take(key: string): void;
}

/** Full buckets say nothing: beyond this number they are looked for and dropped. */
const CAPACITY = 50_000;

export function buckets({ burst, perSecond, clock }: BucketOptions): Buckets {
  const filled = new Map<string, { tokens: number; at: number }>();
  const drop = (now: number): void => {
    for (const [key, { tokens, at }] of filled) {
      if (tokens + ((now - at) / 1000) * perSecond >= burst) filled.delete(key);
    }
  };
  return Object.freeze({
    take: (key: string) => {
      const now = clock.now().getTime();
      const bucket = filled.get(key) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      if (tokens < 1) {
        throw new AppError("too-many-requests", "Wait a moment and try again", {
          retryAfterSeconds: (1 - tokens) / perSecond,
        });
      }
      filled.set(key, { tokens: tokens - 1, at: now });
      if (filled.size > CAPACITY) drop(now);
    },
  });
}
