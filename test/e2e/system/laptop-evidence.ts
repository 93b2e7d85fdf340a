/** What is left of a run on the laptop's own sidecars, for the invariants to judge. */
import { todo } from "#system";
import { brokerRows } from "#test/system/checks";
import type { Product } from "#test/system/support";
import { type EventRecord, eventOf, inDatabase, type Kept, type Offsets } from "../chaos/evidence.ts";
import { subscribersOf } from "../chaos/inject.ts";

export const gatherOnLaptop = async (product: Product): Promise<Kept> => ({
  ...inBroker(product.dataFolder),
  ...(await inDatabase(product.rows)),
});

function inBroker(dataFolder: string): Pick<Kept, "events" | "deadLetters" | "offsets"> {
  const messages = brokerRows(dataFolder, "select topic, partition, offset, event from messages order by 1, 2, 3");
  const dead = messages.filter(({ topic }) => topic === "dead-letters");
  return {
    offsets: offsetsOf(dataFolder),
    deadLetters: dead.map(({ event }) => String(event)),
    events: messages
      .filter((message) => !dead.includes(message))
      .flatMap(({ topic, partition, offset, event }): EventRecord[] =>
        eventOf({ topic: String(topic), partition: Number(partition), offset: Number(offset) }, String(event)),
      ),
  };
}

/** Of every partition that holds anything, each subscriber's. */
export function offsetsOf(dataFolder: string): Offsets[] {
  const positions = new Map(
    brokerRows(dataFolder, "select grp, topic, partition, next from offsets").map(
      ({ grp, topic, partition, next }) => [`${grp} ${topic} ${partition}`, String(next)] as const,
    ),
  );
  return brokerRows(dataFolder, "select topic, partition, max(offset) + 1 as end from messages group by 1, 2")
    .filter(({ topic }) => todo.topics[String(topic) as keyof typeof todo.topics]?.kind === "topic")
    .flatMap(({ topic, partition, end }) =>
      subscribersOf(String(topic)).map((consumer) => ({
        consumer,
        topic: String(topic),
        partition: Number(partition),
        committed: positions.get(`${consumer} ${topic} ${partition}`) ?? null,
        end: String(end),
      })),
    );
}
