/** Decides what a replay sends, before it sends anything. */
import { eventTopics, type System, subscribersOf } from "#model/system";
import type { TopicRecord } from "./read-ranges.ts";
import { acceptsReplays } from "./replay-consumers.ts";
import { identityOf, REPLAY_HEADER, type ReplayedEvent, readEvent } from "./replayed-event.ts";

export interface ReplayFilter {
  readonly types: readonly string[];
  readonly user: string | undefined;
  readonly key: string | undefined;
}

/** Why an event that was found is not sent. */
export type LeftOut =
  /** It is no event, or of no topic of the model. */
  | "unreadable"
  /** It is the trace of an earlier replay. */
  | "replay"
  /** The same event once more. */
  | "duplicate"
  /** Its contract refuses it, and so would every consumer. */
  | "refused"
  /** This replay sent it already. */
  | "sent"
  /** The consumer has had its effect. */
  | "processed";

export interface ReplayPlan {
  readonly replayId: string;
  /** In the order in which they are sent. */
  readonly events: readonly ReplayedEvent[];
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** The first few that their contract refuses. */
  readonly refused: readonly ReplayedEvent[];
}

export interface PlanProps {
  readonly model: System;
  readonly replayId: string;
  readonly filter: ReplayFilter;
  /** `dead-letters`: never processed, so they are sent as they are; `retention`: sent as replays. */
  readonly source: "retention" | "dead-letters";
  readonly records: readonly TopicRecord[];
  /** Identities of what this replay sent before. */
  readonly sent: ReadonlySet<string>;
  /** Whether the consumer that is to have it has had it. */
  readonly isProcessed?: (event: ReplayedEvent) => boolean;
}

export function planReplay(props: PlanProps): ReplayPlan {
  const { model, replayId, filter, records } = props;
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const seen = new Set<string>();
  const refused: ReplayedEvent[] = [];
  const events: ReplayedEvent[] = [];
  for (const record of records) {
    const event = readEvent(model, record);
    if (event && !passes(filter, event)) continue;
    const reason = event ? reasonAgainst(props, event, seen) : "unreadable";
    if (reason) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    if (event && reason === "refused") refused.push(event);
    if (event && !reason) events.push(event);
  }
  return { replayId, events: props.source === "dead-letters" ? byVersion(events) : events, leftOut, refused };
}

const passes = ({ types, user, key }: ReplayFilter, event: ReplayedEvent): boolean =>
  (types.length === 0 || types.includes(event.type)) &&
  (user === undefined || event.userId === user) &&
  (key === undefined || event.key === key);

function reasonAgainst(props: PlanProps, event: ReplayedEvent, seen: Set<string>): LeftOut | undefined {
  if (props.source === "retention" && event.replayId !== undefined) return "replay";
  const identity = identityOf(event);
  if (seen.has(identity)) return "duplicate";
  seen.add(identity);
  if (event.problems.length > 0) return "refused";
  if (props.isProcessed?.(event)) return "processed";
  return props.sent.has(identity) ? "sent" : undefined;
}

/** What is already in its topic under this replay's id. @param source as of the plan */
export function sentBefore(
  model: System,
  replayId: string,
  source: PlanProps["source"],
  records: readonly TopicRecord[],
): Set<string> {
  const mine = records.filter(({ headers }) => headers[REPLAY_HEADER]?.toString() === replayId);
  const events = mine.map((record) => readEvent(model, record)).filter((event) => event !== undefined);
  // What was sent as a replay is looked for as the event that it was before.
  return new Set(events.map((event) => identityOf(source === "retention" ? { ...event, replayId: undefined } : event)));
}

/** By time, but the versions of one subject in their order, whatever the clocks of two replicas said. */
export function byVersion(events: readonly ReplayedEvent[]): ReplayedEvent[] {
  const timed = [...events].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const subjectOf = ({ topic, key, subject }: ReplayedEvent): string => `${topic} ${key} ${subject}`;
  const bySubject = Map.groupBy(timed, subjectOf);
  for (const versions of bySubject.values()) versions.sort((a, b) => a.version - b.version);
  return timed.map((each) => bySubject.get(subjectOf(each))?.shift() ?? each);
}

export interface ReplayCount {
  readonly topic: string;
  readonly type: string;
  readonly events: number;
  /** Consumers that have it happen, if they handle the type and have not had this delivery. */
  readonly taken: readonly string[];
  /** Consumers that refuse replays: nothing happens there. */
  readonly refusing: readonly string[];
}

export function countReplay(model: System, source: PlanProps["source"], events: readonly ReplayedEvent[]) {
  const topics = eventTopics(model).map(([name]) => name);
  return topics.flatMap((topic): ReplayCount[] => {
    const types = Map.groupBy(
      events.filter((event) => event.topic === topic),
      // A dead letter is sent as it is, except where it had been a replay.
      ({ type, replayId }) => `${type}${source === "retention" || replayId !== undefined ? "\treplay" : ""}`,
    );
    return [...types]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, each]) => {
        const [type = "", replay] = name.split("\t");
        const subscribers = subscribersOf(model, topic);
        const taken = replay === undefined ? subscribers : subscribers.filter(acceptsReplays);
        return { topic, type, events: each.length, taken, refusing: subscribers.filter((s) => !taken.includes(s)) };
      });
  });
}
