/** Attempts within a window, counted in the state store: a limit on guessing must not grow with the number of replicas. */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "#kit/clock";
import { AppError } from "#kit/errors";
import type { StatePort } from "#kit/sidecar/port";

export interface AttemptOptions {
  /** Tells this limit from others in the store. */
  readonly name: string;
  readonly most: number;
  readonly windowSeconds: number;
  readonly state: StatePort;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Attempts {
  /** @throws AppError `too-many-requests` when there were as many as allowed */
  assertBelow(whose: string): Promise<void>;
  count(whose: string): Promise<void>;
}

interface Window {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** Another replica may count at the same time: the entry's version tells, and counting is tried again. */
const TRIES = 5;

export function attempts({ name, most, windowSeconds, state, clock, log }: AttemptOptions): Attempts {
  const queues = new Map<string, Promise<void>>();
  // Neither addresses nor names of people belong in the store.
  const keyOf = (whose: string): string => `${name}:${createHash("sha256").update(whose).digest("base64url")}`;

  const read = async (key: string): Promise<{ readonly window: Window; readonly etag: string | null }> => {
    const now = clock.now().getTime();
    const entry = await state.get<Window>(key);
    const window = entry && entry.value.endsAt > now ? entry.value : { count: 0, endsAt: now + windowSeconds * 1000 };
    return { window, etag: entry?.etag ?? null };
  };
  const countOne = async (key: string): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const { window, etag } = await read(key);
      const ttlSeconds = Math.max(1, Math.ceil((window.endsAt - clock.now().getTime()) / 1000));
      if (await state.set(key, { ...window, count: window.count + 1 }, { etag, ttlSeconds })) return;
    }
  };
  /** Without its sidecar a replica is not ready; until that is noticed, signing in goes before counting. */
  const unlessAway = (err: unknown): void => log.warn({ err }, "attempts to sign in cannot be counted");

  return Object.freeze({
    assertBelow: async (whose: string) => {
      const { window } = await read(keyOf(whose)).catch((err: unknown) => {
        unlessAway(err);
        return { window: undefined };
      });
      if (!window || window.count < most) return;
      throw new AppError("too-many-requests", "Too many attempts to sign in: wait and try again", {
        retryAfterSeconds: Math.max(1, (window.endsAt - clock.now().getTime()) / 1000),
      });
    },
    count: (whose: string) => {
      const key = keyOf(whose);
      // One after another within this process, so that only replicas can get in each other's way.
      const done = (queues.get(key) ?? Promise.resolve()).then(() => countOne(key)).catch(unlessAway);
      queues.set(key, done);
      void done.finally(() => queues.get(key) === done && queues.delete(key));
      return done;
    },
  });
}
