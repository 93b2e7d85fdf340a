/**
 * What travels over `/ws?ticket=<ticket>&last=<seq>`: one JSON object a text message. The first is `ready`; then follows
 * everything after `last` in the order of `seq`, without gaps, or `reset` where that is gone. Without `last` it begins now.
 * A client may send the text `ping`, answered by `pong`, to find out whether the other end is still there; nothing else.
 */
import * as z from "zod/mini";
import type { EventOf } from "./events/define.ts";
import { chatEvents, taskUpdates, userEvents } from "./events/index.ts";

/** Position in a user's feed: counts up by one, from 1; 0 is the position before the first. */
export const feedSeq = z.int().check(z.minimum(0));

/** `seq`: the newest position there is. */
const ready = z.object({ type: z.literal("ready"), seq: feedSeq });

/** What lies between the client's position and `seq` is not kept any more: load everything anew, then go on from `seq`. */
const reset = z.object({ type: z.literal("reset"), seq: feedSeq });

/** `seq`: the newest position that was sent. */
const pong = z.object({ type: z.literal("pong"), seq: feedSeq });

const controlFrame = z.discriminatedUnion("type", [ready, reset, pong]);

const SETTINGS_CHANGED = "dev.todo.user.settings_changed.v1";

/** By type: the data of every event that screens are told of. */
export const feedEvents = {
  ...taskUpdates.data,
  ...chatEvents.data,
  [SETTINGS_CHANGED]: userEvents.data[SETTINGS_CHANGED],
} as const;

export type FeedEventType = keyof typeof feedEvents;

/** An event of a user's feed: `type` and `data` are those of the event on its topic. */
export type FeedFrame = {
  [T in FeedEventType]: {
    readonly seq: number;
    readonly type: T;
    readonly data: z.output<(typeof feedEvents)[T]>;
  };
}[FeedEventType];

export type Frame = z.output<typeof controlFrame> | FeedFrame;

const feedFrame = z.object({ seq: feedSeq, type: z.string(), data: z.unknown() });

const isFeedEvent = (type: string): type is FeedEventType => Object.hasOwn(feedEvents, type);

/**
 * Reads a message of the server.
 * @returns undefined for what this release does not know: a newer server may say more, and `seq` still counts
 */
export function readFrame(text: string): Frame | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const control = controlFrame.safeParse(message);
  if (control.success) return control.data;
  const frame = feedFrame.safeParse(message);
  if (!frame.success || !isFeedEvent(frame.data.type)) return undefined;
  const data = (feedEvents[frame.data.type] as z.ZodMiniType).safeParse(frame.data.data);
  return data.success ? ({ ...frame.data, data: data.data } as FeedFrame) : undefined;
}

/** The position that a message moves the client to, also where `readFrame` does not know its type. */
export function seqOf(text: string): number | undefined {
  try {
    return z.object({ seq: feedSeq }).safeParse(JSON.parse(text)).data?.seq;
  } catch {
    return undefined;
  }
}

/** Why the server ends a connection, by WebSocket close code, and what a client does then. */
export const closeCodes = {
  /** The service restarts: come back at once, after a random part of a second. */
  restart: 1012,
  /** The database is away: come back in a few seconds. */
  tryAgain: 1013,
  /** The client sent something else than `ping`, or too much of it. */
  notUnderstood: 1008,
  /** The ticket is unknown, older than 30 seconds or was used: get another one. */
  ticket: 4001,
  /** The connection is an hour old: get a ticket and come back with `last`. */
  sessionOver: 4002,
  /** The client did not read what it was sent: come back with `last`. */
  slow: 4008,
  /** The account was deleted: do not come back. */
  accountDeleted: 4010,
  /** Too many connections of this user are open: wait before coming back. */
  tooMany: 4029,
} as const;

export type CloseReason = keyof typeof closeCodes;

/** Any event of the contracts that feed screens. */
export type FeedEvent = Extract<
  EventOf<typeof taskUpdates> | EventOf<typeof chatEvents> | EventOf<typeof userEvents>,
  { readonly type: FeedEventType }
>;
