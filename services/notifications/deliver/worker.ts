/** Carries out deliveries: at least once, with a stable id, however often a process dies in between. */
import { sleep } from "#kit/sleep";
import type { NotificationsContext } from "../context.ts";
import { claimDue, type Delivery, finish, nextAttemptAt, tryAgain } from "../data/delivery-rows.ts";
import { waitAfter } from "../domain/backoff.ts";
import { DeliveryError, type Sender } from "./sender.ts";

/** Longer than any attempt takes: when it is over, whoever claimed the delivery has died. */
const LEASE_MS = 60_000;

const AT_ONCE = 10;

/** For deliveries of replicas that died, and clocks that differ. */
const LOOK_AGAIN_MS = 30_000;

/** What is due and was not claimed, another replica is claiming. */
const SHORTEST_MS = 50;

export interface DeliveryWorker {
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** There is something to deliver. */
  wake(): void;
}

/** A channel without a sender fails its deliveries for good: the installation has none. */
export type Senders = Readonly<Record<Delivery["channel"], Sender | undefined>>;

export function deliveryWorker(
  context: Pick<NotificationsContext, "db" | "clock" | "log" | "metrics">,
  senders: Senders,
): DeliveryWorker {
  let waiting = new AbortController();
  const wake = (): void => waiting.abort();
  return {
    wake,
    run: async (signal) => {
      signal.addEventListener("abort", wake, { once: true });
      while (!signal.aborted) {
        waiting = new AbortController();
        const delay = await round(context, senders, signal);
        await sleep(delay, waiting.signal);
      }
    },
  };
}

/** @returns how long there is nothing to do, in milliseconds */
async function round(
  context: Pick<NotificationsContext, "db" | "clock" | "log" | "metrics">,
  senders: Senders,
  signal: AbortSignal,
): Promise<number> {
  const { db, clock, log } = context;
  try {
    const claimed = await claimDue(db, clock.now(), { limit: AT_ONCE, leaseMs: LEASE_MS });
    await Promise.all(claimed.map((delivery) => attempt(context, senders[delivery.channel], delivery, signal)));
    if (claimed.length > 0) return 0;
    const next = await nextAttemptAt(db);
    const delay = next ? next.getTime() - clock.now().getTime() : LOOK_AGAIN_MS;
    return Math.min(Math.max(delay, SHORTEST_MS), LOOK_AGAIN_MS);
  } catch (err) {
    log.warn({ err }, "deliveries wait");
    return 1_000;
  }
}

async function attempt(
  { db, clock, log, metrics }: Pick<NotificationsContext, "db" | "clock" | "log" | "metrics">,
  send: Sender | undefined,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const { id, channel, attempts } = delivery;
  const delivered = metrics.counter("todo_reminders_delivered_total");
  try {
    if (!send) throw new DeliveryError("this installation cannot send it", { forGood: true });
    await send(delivery, signal);
    await finish(db, delivery, clock.now());
    delivered.inc({ channel, outcome: "sent" });
  } catch (error) {
    // Ending: the lease runs out and the next process tries again.
    if (signal.aborted) return;
    const reason = error instanceof DeliveryError ? error.message : "it could not be sent";
    const wait = error instanceof DeliveryError && error.forGood ? undefined : waitAfter(attempts);
    log.warn({ err: error, deliveryId: id, channel, attempts, again: wait !== undefined }, "a delivery failed");
    if (wait !== undefined) return tryAgain(db, id, new Date(clock.now().getTime() + wait), reason);
    await finish(db, delivery, clock.now(), reason);
    delivered.inc({ channel, outcome: "failed" });
  }
}
