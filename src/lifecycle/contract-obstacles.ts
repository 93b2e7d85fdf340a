/**
 * Contracts that stand in the way back. Events that were written since lie in topics and are read by the code of then; and
 * where not everything goes back, what was released since has never run beside the code of then.
 */
import type { Json } from "#contracts-check/alternatives";
import type { EventContracts } from "#contracts-check/event-contracts";
import { httpChanges } from "#contracts-check/http-changes";
import { type Refusal, refusals, type Side } from "#contracts-check/refusals";
import { publishersOf } from "#model/system";
import { todo } from "#system";
import { releasedPins, sourceCommit } from "./image-source.ts";
import { contractReader, type RecordedContracts } from "./recorded-contracts.ts";
import { type Moved, movedSince, type Obstacle, type WayBack } from "./way-back.ts";

type Read = (commit: string) => RecordedContracts;

interface Edges {
  readonly subscribes: readonly string[];
  readonly invokes: object;
}

const services: Readonly<Record<string, Edges | undefined>> = todo.services;

export const contractObstacles: Obstacle = function* (way) {
  const { back, staying } = movedSince(way);
  const read = contractReader(way.repository);
  for (const one of back) yield* storedEvents(way, one, read);
  for (const callee of back) {
    for (const other of staying) {
      yield* calls(other, callee, read);
      yield* newEvents(other, callee, read);
    }
  }
};

/** What is in a topic now, read by the consumer of then. A type that it does not know becomes a dead letter, which keeps. */
function* storedEvents({ repository, environment, from }: WayBack, reader: Moved, read: Read): Generator<string> {
  const pins = releasedPins(repository, from, environment);
  const reads = read(reader.older).events;
  for (const topic of services[reader.service]?.subscribes ?? []) {
    for (const publisher of publishersOf(todo, topic)) {
      const pin = pins.get(publisher);
      const writes = pin === undefined ? undefined : read(sourceCommit(repository, from, pin)).events;
      for (const [type, found] of refused(topic, side(writes, "now"), side(reads, "before"))) {
        yield `${reader.service}: the earlier release does not read ${type} as ${publisher} writes it: ${found}`;
      }
    }
  }
}

/** What is called by a release that came since. */
function* calls(caller: Moved, callee: Moved, read: Read): Generator<string> {
  if (!Object.hasOwn(services[caller.service]?.invokes ?? {}, callee.service)) return;
  const [now, then] = [read(callee.newer).api(callee.service), read(callee.older).api(callee.service)];
  if (now === undefined || then === undefined) return;
  for (const { contract, problems } of httpChanges(callee.service, now, then)) {
    const [problem] = problems;
    if (problem === undefined) continue;
    const where = [contract, problem.path].filter(Boolean).join(" ");
    yield `${callee.service}: ${caller.service}, released since, may need ${where}, which ${problem.reason} in the earlier release; go back without --service`;
  }
}

/** What the producer of then writes, read by a consumer that was released since. */
function* newEvents(consumer: Moved, producer: Moved, read: Read): Generator<string> {
  const topics = (services[consumer.service]?.subscribes ?? []).filter((topic) =>
    publishersOf(todo, topic).includes(producer.service),
  );
  const [writes, reads] = [read(producer.older).events, read(consumer.newer).events];
  for (const topic of topics) {
    const known = Object.keys(reads?.topics[topic]?.types ?? {});
    const gone = Object.keys(reads === undefined ? {} : (writes?.topics[topic]?.types ?? {}));
    for (const type of gone.filter((each) => !known.includes(each))) {
      yield `${producer.service}: ${consumer.service}, released since, no longer reads ${type}; go back without --service`;
    }
    for (const [type, found] of refused(topic, side(writes, "before"), side(reads, "now"))) {
      yield `${producer.service}: ${consumer.service}, released since, does not read ${type} of the earlier release: ${found}; go back without --service`;
    }
  }
}

interface Recorded {
  readonly events: EventContracts;
  readonly when: Side["when"];
}

const side = (events: EventContracts | undefined, when: Side["when"]): Recorded | undefined =>
  events && { events, when };

/** Types that both sides know and that one does not read as the other writes them, with the first reason. */
function* refused(
  topic: string,
  writer: Recorded | undefined,
  reader: Recorded | undefined,
): Generator<[type: string, reason: string]> {
  if (!writer || !reader) return;
  const rooted = ({ events, when }: Recorded, schema: Json): Side => ({
    schema,
    root: events as unknown as Json,
    when,
  });
  for (const [type, schema] of Object.entries(writer.events.topics[topic]?.types ?? {})) {
    const other = reader.events.topics[topic]?.types[type];
    if (!other) continue;
    const [first]: readonly Refusal[] = refusals(rooted(writer, schema), rooted(reader, other));
    if (first) yield [type, [first.path, first.reason].filter(Boolean).join(" ")];
  }
}
