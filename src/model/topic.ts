import type { DataOf, EventContract } from "#contracts/events/define";
import type { Duration } from "./quantities.ts";

/** A Kafka topic: what may be on it, what keeps its order, how far it spreads and how long it is kept. */
export interface Topic<C extends EventContract = EventContract> {
  readonly kind: "topic";
  readonly events: C;
  /** Field of every event's data whose value is the partition key: order is kept per key. */
  readonly key: string;
  readonly partitions: number;
  readonly retention: Duration;
  /** Somebody outside the model reads it, so that no subscriber here is no mistake. @default false */
  readonly external: boolean;
}

/** The topic that takes what no subscriber could process; its messages are kept as they were received. */
export interface DeadLetterTopic {
  readonly kind: "dead-letter-topic";
  readonly partitions: number;
  readonly retention: Duration;
}

interface TopicProps<C extends EventContract> {
  readonly events: C;
  readonly key: keyof DataOf<C> & string;
  readonly partitions: number;
  readonly retention: Duration;
  readonly external?: boolean;
}

/** @example topic({ events: taskEvents, key: "taskId", partitions: 6, retention: days(7) }) */
export function topic<const C extends EventContract>(props: TopicProps<C>): Topic<C> {
  return Object.freeze({ kind: "topic", external: false, ...props });
}

export function deadLetterTopic(props: Pick<DeadLetterTopic, "partitions" | "retention">): DeadLetterTopic {
  return Object.freeze({ kind: "dead-letter-topic", ...props });
}
