/** Turns a delivered CloudEvent into an effect that happens once. */
import type { Transaction } from "kysely";

export interface EventDelivery<DB> {
  /** The effect's transaction: the inbox entry is written in it too, so both happen or neither. */
  readonly transaction: Transaction<DB>;
  /** Set when the event is delivered again on purpose. */
  readonly replayId: string | undefined;
}

export interface SubscribeOptions {
  /**
   * `latest`: an event below the version already seen of its subject is acknowledged unread (redriven events come late).
   * `all`: every event counts, in whatever order. @default "latest"
   */
  readonly order?: "latest" | "all";
  /** `refuse`: an event that is replayed has no effect; for consumers that act on the world. @default "refuse" */
  readonly replays?: "refuse" | "accept";
  /** Take events of accounts that were erased too. @default false */
  readonly erased?: boolean;
}

/** The event can never be processed: it goes to the dead letter topic at once, with the reason kept. */
export class PoisonError extends Error {
  override readonly name = "PoisonError";
}
