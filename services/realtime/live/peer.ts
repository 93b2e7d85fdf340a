/** One open WebSocket: sends its user's feed in order, at the pace at which the client reads. */
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { type CloseReason, closeCodes } from "#contracts/realtime-frames";
import { type Position, resume } from "../domain/resume.ts";
import { controlText, type FeedFrameText } from "./frame-text.ts";

/** Where frames come from that were not just committed in this process. */
export interface FeedSource {
  /** Entries after `after`, oldest first; as seen once `target` was committed. */
  entriesAfter(userId: string, after: number, target: number): Promise<readonly FeedFrameText[]>;
  position(userId: string): Promise<Position>;
}

export interface PeerProps {
  readonly socket: WebSocket;
  readonly userId: string;
  readonly source: FeedSource;
  readonly maxBufferedBytes: number;
  readonly slowMs: number;
  readonly log: Logger;
  readonly onFrame: () => void;
  /** Called once, when the connection is over or has been told to be. */
  readonly onEnd: (peer: Peer, reason: EndReason) => void;
}

/** `gone`: the client closed or vanished; `dead`: it answers no pings. */
export type EndReason = CloseReason | "gone" | "dead";

/** A browser that looks every few seconds whether the connection lives stays far below. */
export const MAX_MESSAGES_PER_HEARTBEAT = 60;

export class Peer {
  readonly userId: string;
  readonly #props: PeerProps;
  readonly #socket: WebSocket;
  #started = false;
  /** Newest position sent. */
  #at = 0;
  /** Newest position known to be committed. */
  #target = 0;
  #pumping = false;
  #ended = false;
  #answered = true;
  #messages = 0;
  #onSent: (() => void) | undefined;

  constructor(props: PeerProps) {
    this.#props = props;
    this.userId = props.userId;
    this.#socket = props.socket;
    this.#socket.on("message", (data, binary) => this.#receive(binary ? "" : String(data)));
    this.#socket.on("ping", () => this.#countMessage());
    this.#socket.on("pong", () => {
      this.#answered = true;
    });
    // What is wrong is told by the close that follows; without a listener it would end the process.
    this.#socket.on("error", (err) => props.log.debug({ err }, "a connection broke"));
    this.#socket.on("close", () => this.#end("gone"));
  }

  /** Tells the client where the feed stands, and sends what it has missed. */
  start(position: Position, last: number | undefined): void {
    if (this.#ended) return;
    const { from, reset } = resume(position, last);
    this.#write(controlText("ready", position.head));
    if (reset) this.#write(controlText("reset", position.head));
    this.#at = from;
    this.#started = true;
    this.advanceTo(position.head);
  }

  /** A frame that was committed in this process a moment ago. */
  offer({ seq, text }: FeedFrameText): void {
    if (this.#started && !this.#ended && seq === this.#at + 1 && !this.#isFull()) this.#send(seq, text);
    this.advanceTo(seq);
  }

  /** There is something up to this position. */
  advanceTo(seq: number): void {
    this.#target = Math.max(this.#target, seq);
    if (!this.#pumping && this.#isBehind()) void this.#pump();
  }

  /** Ends the connection; what was sent before arrives first. */
  close(reason: CloseReason): void {
    if (this.#ended) return;
    this.#socket.close(closeCodes[reason]);
    this.#end(reason);
  }

  /** Called in regular intervals: who has not answered since the last time is gone. */
  beat(): void {
    if (!this.#answered) {
      this.#end("dead");
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#messages = 0;
    this.#socket.ping();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      // Whether it is behind is asked last: what it waited for may have been offered while it waited for room.
      while ((await this.#hasRoom()) && this.#isBehind()) await this.#sendPage(this.#at, this.#target);
    } catch (err) {
      // The next notice or sweep begins again from where it stands.
      this.#props.log.warn({ err }, "a feed could not be read, and will be");
    } finally {
      this.#pumping = false;
    }
  }

  async #sendPage(after: number, target: number): Promise<void> {
    const entries = await this.#props.source.entriesAfter(this.userId, after, target);
    for (const { seq, text } of entries) {
      if (this.#ended || this.#isFull()) return;
      // What was offered meanwhile is sent already.
      if (seq <= this.#at) continue;
      if (seq > this.#at + 1) break;
      this.#send(seq, text);
    }
    if (!this.#ended && this.#at === after) await this.#skip(after, target);
  }

  /** What comes next is not kept any more: the client was away too long, or reads too slowly. */
  async #skip(after: number, target: number): Promise<void> {
    const { head, erased } = await this.#props.source.position(this.userId);
    if (erased) return this.close("accountDeleted");
    if (this.#ended || this.#at !== after) return;
    const to = Math.max(head, target);
    this.#write(controlText("reset", to));
    this.#at = to;
  }

  /** @returns false when the connection ended, or left its buffer full for too long and is ended now */
  async #hasRoom(): Promise<boolean> {
    if (this.#ended || !this.#isFull()) return !this.#ended;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#props.slowMs);
    this.#onSent = () => {
      if (this.#ended || !this.#isFull()) resolve();
    };
    await promise;
    clearTimeout(timer);
    this.#onSent = undefined;
    if (!this.#ended && this.#isFull()) this.close("slow");
    return !this.#ended;
  }

  #isBehind(): boolean {
    return this.#started && !this.#ended && this.#at < this.#target;
  }

  #isFull(): boolean {
    return this.#socket.bufferedAmount > this.#props.maxBufferedBytes;
  }

  #send(seq: number, text: string): void {
    this.#at = seq;
    this.#write(text);
    this.#props.onFrame();
  }

  #write(text: string): void {
    this.#socket.send(text, this.#sent);
  }

  readonly #sent = (): void => this.#onSent?.();

  #receive(text: string): void {
    if (text !== "ping") {
      this.close("notUnderstood");
      return;
    }
    this.#answered = true;
    this.#countMessage();
    if (this.#started && !this.#ended && !this.#isFull()) this.#write(controlText("pong", this.#at));
  }

  #countMessage(): void {
    this.#messages += 1;
    if (this.#messages > MAX_MESSAGES_PER_HEARTBEAT) this.close("notUnderstood");
  }

  #end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onSent?.();
    this.#props.onEnd(this, reason);
  }
}
