/** A replay as people review it, and as programs read it. */
import { type System, subscribersOf } from "#model/system";
import type { PreparedReplay } from "./replay.ts";
import { countReplay, type LeftOut, type PlanProps } from "./replay-plan.ts";
import { identityOf, type ReplayedEvent } from "./replayed-event.ts";
import { table } from "./table.ts";

type Source = PlanProps["source"];

const why: Readonly<Record<LeftOut, string>> = {
  unreadable: "no event of a topic of the model",
  replay: "sent by an earlier replay",
  duplicate: "there more than once",
  refused: "refused by its contract, and by every consumer",
  sent: "sent under this replay id before",
  processed: "processed by the consumer meanwhile",
};

const SHOWN = 50;

export function replayReport(model: System, source: Source, prepared: PreparedReplay, consumer: string | undefined) {
  const { plan } = prepared;
  return {
    replayId: plan.replayId,
    source,
    events: plan.events.length,
    counts: countReplay(model, source, plan.events),
    leftOut: plan.leftOut,
    ...(source === "dead-letters"
      ? { deadLetters: plan.events.map((event) => letterReport(model, prepared, event, consumer)) }
      : {}),
    refused: plan.refused.map(({ topic, id, type, problems }) => ({ topic, id, type, problems })),
  };
}

function letterReport(model: System, { memory }: PreparedReplay, event: ReplayedEvent, consumer: string | undefined) {
  const { topic, key, id, type, record } = event;
  const failure = memory?.failures.get(identityOf(event));
  return {
    topic,
    key,
    id,
    type,
    givenUpAt: new Date(record.timestamp).toISOString(),
    // The copy does not say who gave it up: whoever subscribes may have.
    consumers: failure && consumer ? [consumer] : subscribersOf(model, topic),
    reason: failure?.reason ?? null,
    attempts: failure?.attempts ?? null,
  };
}

type Report = ReturnType<typeof replayReport>;

export function replayText(report: Report, wasAsked: boolean): string[] {
  const { counts, events, leftOut } = report;
  const left = (Object.entries(leftOut) as [LeftOut, number][]).map(
    ([reason, n]) => `  not sent: ${n}, ${why[reason]}`,
  );
  const refused = report.refused.slice(0, SHOWN).map(({ id, problems }) => `    ${id}: ${problems.join("; ")}`);
  if (events === 0) return ["Nothing to send.", ...left, ...refused];
  const list = (names: readonly string[]): string => names.join(", ") || "nobody";
  return [
    ...lettersText(report.deadLetters ?? [], wasAsked),
    ...table(
      ["TOPIC", "TYPE", "EVENTS", "DELIVERED TO", "REFUSE REPLAYS"],
      counts.map(({ topic, type, events: n, taken, refusing }) => [
        topic,
        type,
        String(n),
        list(taken),
        refusing.join(", "),
      ]),
    ),
    ...left,
    ...refused,
    ...(counts.some(({ taken }) => taken.length === 0) ? ["Where nobody takes replays, sending has no effect."] : []),
  ];
}

function lettersText(letters: NonNullable<Report["deadLetters"]>, wasAsked: boolean): string[] {
  if (letters.length === 0) return [];
  const missing = wasAsked
    ? "no reason kept: the consumer was away, or it was another's"
    : "not known without --consumer and --database-url";
  const rows = letters
    .slice(0, SHOWN)
    .map(({ givenUpAt, topic, type, key, id, consumers, reason }) => [
      givenUpAt,
      topic,
      type,
      key,
      id,
      consumers.join(" or "),
      reason ?? missing,
    ]);
  const more = letters.length - rows.length;
  return [
    ...table(["GIVEN UP", "TOPIC", "TYPE", "KEY", "ID", "CONSUMER", "REASON"], rows),
    ...(more > 0 ? [`and ${more} more, which --json lists`] : []),
    "",
  ];
}
