/** Carries out deliveries: at least once, with a stable id, however often a process dies in between. */
import { Alarm } from "#kit/alarm";
import type { NotificationsContext } from "../context.ts";
import { claimDue, type Delivery, finish, nextAttemptAt, tryAgain } from "../data/delivery-rows.ts";
import { waitAfter } from "../domain/backoff.ts";
import { DeliveryError, type Sender } from "./sender.ts";

/** Longer than any attempt takes: when it is over, whoever claimed the delivery has died. */
const LEASE_MS = 60_000;

/** Attempts at the same time, of a channel, and of one user: a receiver that never answers holds up nobody else. */
const AT_ONCE = 10;
const AT_ONCE_OF_A_USER = 2;

/** For deliveries of replicas that died, and clocks that differ. */
const LOOK_AGAIN_MS = 30_000;

/** While another replica is claiming what is due. */
const SHORTLY_MS = 50;

type WorkerContext = Pick<NotificationsContext, "db" | "clock" | "log" | "metrics">;

export interface DeliveryWorker {
  /** Until the signal aborts; attempts that have begun are finished. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** There is something to deliver. */
  wake(): void;
}

/** A channel without a sender fails its deliveries for good: the installation has none. */
export type Senders = Readonly<Record<Delivery["channel"], Sender | undefined>>;

/** A lane for each channel: a mail server that is away delays no webhook. */
export function deliveryWorker(context: WorkerContext, senders: Senders): DeliveryWorker {
  const lanes = [lane(context, "email", senders.email), lane(context, "webhook", senders.webhook)];
  return {
    run: async (signal) => {
      await Promise.all(lanes.map(({ run }) => run(signal)));
    },
    wake: () => {
      for (const { wake } of lanes) wake();
    },
  };
}

function lane(context: WorkerContext, channel: Delivery["channel"], send: Sender | undefined): DeliveryWorker {
  const { db, clock, log } = context;
  const underWay = new Map<Promise<void>, string>();
  const alarm = new Alarm();

  const begin = (delivery: Delivery): void => {
    const work = attempt(context, send, delivery)
      .catch((err: unknown) => log.warn({ err, deliveryId: delivery.id }, "a delivery waits for its lease to end"))
      .finally(() => {
        underWay.delete(work);
        alarm.ring();
      });
    underWay.set(work, delivery.user_id);
  };

  /** @returns how long there is nothing to begin, in milliseconds */
  const fill = async (): Promise<number> => {
    const free = AT_ONCE - underWay.size;
    if (free <= 0) return LOOK_AGAIN_MS;
    const which = { channel, notOf: busyOf([...underWay.values()]) };
    const claimed = await claimDue(db, clock.now(), { ...which, limit: free, leaseMs: LEASE_MS });
    for (const delivery of claimed) begin(delivery);
    if (claimed.length > 0) return 0;
    const next = await nextAttemptAt(db, which);
    const delay = next ? next.getTime() - clock.now().getTime() : LOOK_AGAIN_MS;
    return Math.min(Math.max(delay, SHORTLY_MS), LOOK_AGAIN_MS);
  };

  return {
    wake: () => alarm.ring(),
    run: async (signal) => {
      while (!signal.aborted) {
        const delay = await fill().catch((err: unknown) => {
          log.warn({ err, channel }, "deliveries wait");
          return 1_000;
        });
        await alarm.wait(delay, signal);
      }
      await Promise.all(underWay.keys());
    },
  };
}

function busyOf(users: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
  return [...counts].flatMap(([user, count]) => (count >= AT_ONCE_OF_A_USER ? [user] : []));
}

async function attempt(
  { db, clock, log, metrics }: WorkerContext,
  send: Sender | undefined,
  delivery: Delivery,
): Promise<void> {
  const { id, channel, attempts } = delivery;
  const delivered = metrics.counter("todo_reminders_delivered_total");
  const failure = await failureOf(send, delivery);
  if (!failure) {
    await finish(db, delivery, clock.now());
    delivered.inc({ channel, outcome: "sent" });
    return;
  }
  const wait = failure.forGood ? undefined : waitAfter(attempts);
  log.warn({ err: failure, deliveryId: id, channel, attempts, again: wait !== undefined }, "a delivery failed");
  if (wait !== undefined) return tryAgain(db, id, new Date(clock.now().getTime() + wait), failure.message);
  await finish(db, delivery, clock.now(), failure.message);
  delivered.inc({ channel, outcome: "failed" });
}

async function failureOf(send: Sender | undefined, delivery: Delivery): Promise<DeliveryError | undefined> {
  if (!send) return new DeliveryError("this installation cannot send it", { forGood: true });
  try {
    await send(delivery);
    return undefined;
  } catch (error) {
    return error instanceof DeliveryError ? error : new DeliveryError("it could not be sent", { cause: error });
  }
}
