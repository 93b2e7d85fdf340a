import type { Delivery } from "../data/delivery-rows.ts";

/** An attempt failed. `forGood`: another one would fail as well. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly forGood: boolean;

  /** @param message is shown to the user: it tells nothing of the network that we run in */
  constructor(message: string, options: { readonly forGood?: boolean; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.forGood = options.forGood ?? false;
  }
}

/** One attempt. @throws DeliveryError */
export type Sender = (delivery: Delivery) => Promise<void>;
