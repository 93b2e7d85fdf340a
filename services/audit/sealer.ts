/** Seals in the background, a moment after something was recorded. */
import { Alarm } from "#kit/alarm";
import { sleep } from "#kit/sleep";
import type { AuditContext } from "./context.ts";
import { SEAL_BATCH, sealPending } from "./data/seal-rows.ts";

/** A burst becomes few batches, and a reader hardly ever meets an event without its place. */
const GATHER_MS = 200;

/** How long an event waits at most whose replica died, or whose commit came after its wake-up. */
const SWEEP_MS = 1_000;

/** How often the head of all chains goes to the log, where who writes to the database cannot change it. */
const ANCHOR_EVERY_MS = 3_600_000;

export interface Sealer {
  /** Something was recorded, or is about to be committed. */
  wake(): void;
  /** On every replica; in effect one seals at a time. */
  run(signal: AbortSignal): Promise<void>;
}

export function createSealer({ db, clock, log }: Pick<AuditContext, "db" | "clock" | "log">): Sealer {
  const alarm = new Alarm();
  let anchoredAt = Number.NEGATIVE_INFINITY;

  const seal = async (): Promise<"all" | "more"> => {
    const sealed = await sealPending(db, clock.now());
    if (sealed === "busy") return "more";
    const now = clock.now().getTime();
    if (sealed.seal && now - anchoredAt >= ANCHOR_EVERY_MS) {
      anchoredAt = now;
      log.info({ seal: sealed.seal }, "the seal that all audit chains are held by");
    }
    return sealed.events === SEAL_BATCH ? "more" : "all";
  };

  return {
    wake: () => alarm.ring(),
    run: async (signal) => {
      while (!signal.aborted) {
        if ((await seal()) === "all") await alarm.wait(SWEEP_MS, signal);
        await sleep(GATHER_MS, signal);
      }
    },
  };
}
