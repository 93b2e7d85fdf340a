import type { Frame } from "#contracts/realtime-frames";

/** A frame of a user's feed as it is sent. */
export interface FeedFrameText {
  readonly seq: number;
  readonly text: string;
}

/** @param data JSON: it was validated when the event came, and is passed on as it is */
export const frameText = (seq: number, type: string, data: string): string =>
  `{"seq":${seq},"type":${JSON.stringify(type)},"data":${data}}`;

export const controlText = (type: Extract<Frame["type"], "ready" | "reset" | "pong">, seq: number): string =>
  JSON.stringify({ type, seq });
