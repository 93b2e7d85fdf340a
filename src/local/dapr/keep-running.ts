/** Starts engines again that end by themselves, as a cluster does with containers. */
import { setTimeout as delay } from "node:timers/promises";

export interface Restartable {
  readonly pid: number;
  /** Ends with the process that runs now. */
  readonly ended: Promise<unknown>;
  /** File with what it prints. */
  readonly log: string;
  start(): Promise<void>;
}

export interface KeepProps {
  readonly say: (line: string) => void;
  readonly onPid: (name: string, pid: number) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** After so long it counts as having run, and the next pause is short again. */
const STEADY_MS = 30_000;

export interface Keeper {
  keep(name: string, engine: Restartable): void;
  /** What ends from now on stays ended; resolves when nothing is being started any more. */
  release(): Promise<void>;
}

export function keeper({ say, onPid }: KeepProps): Keeper {
  const released = new AbortController();
  const starting = new Set<Promise<void>>();

  const keep = async (name: string, engine: Restartable): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const began = performance.now();
      onPid(name, engine.pid);
      await engine.ended;
      if (released.signal.aborted) return;
      if (performance.now() - began > STEADY_MS) pause = FIRST_PAUSE_MS;
      say(`${name} ended by itself, starts again in ${pause} ms; its log is ${engine.log}`);
      await delay(pause, undefined, { signal: released.signal }).catch(() => {});
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      if (released.signal.aborted) return;
      // One that does not become ready has ended too, and is tried again.
      const start = engine.start().catch((error: Error) => say(`${name}: ${error.message}`));
      starting.add(start);
      await start;
      starting.delete(start);
    }
  };

  return {
    keep: (name, engine) => void keep(name, engine),
    release: async () => {
      released.abort();
      await Promise.all(starting);
    },
  };
}
