/** What a service says when something happened; the kit makes the CloudEvent of it. */
import type { Transaction } from "kysely";
import type { EventContract } from "#contracts/events/define";
import type { System } from "#model/system";
import type { ContractOf } from "../handle.ts";

interface About {
  /** Whose data it is: consumers check it against their tombstones. */
  readonly userId: string;
  /** Version of the aggregate after the change; of an aggregate without versions, 1. */
  readonly aggregateVersion: number;
  /** Id of the aggregate that `aggregateVersion` counts. @default the value of the topic's key */
  readonly subject?: string;
}

/** An event as code that does not know its contract sees it. */
export interface NewEvent extends About {
  readonly type: string;
  readonly data: object;
}

/** An event of a contract: its type decides what its data is. */
export type EventInput<C extends EventContract> = {
  [T in keyof C["data"] & string]: About & { readonly type: T; readonly data: InputOf<C["data"][T]> };
}[keyof C["data"] & string];

type InputOf<S> = S extends { readonly _zod: { readonly input: infer I } } ? I : never;

/**
 * Adds events to the outbox in the transaction that makes them true. Types refuse a database that is in no transaction.
 * @throws EventContractError when the data is not what the topic's contract says
 */
export type Publish<M extends System, Topics extends keyof M["topics"] & string> = <T extends Topics, DB>(
  transaction: Transaction<DB>,
  topic: T,
  ...events: readonly EventInput<ContractOf<M, T>>[]
) => Promise<void>;
