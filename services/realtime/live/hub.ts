/** The open connections of this replica, by user, and what they are told. */
import type { WebSocket } from "ws";
import type { RealtimeContext } from "../context.ts";
import { entriesAfter, headsOf, positionOf } from "../data/feed.ts";
import type { FeedFrameText } from "./frame-text.ts";
import { type EndReason, type FeedSource, Peer } from "./peer.ts";

/** Entries read at once: enough to catch up quickly, little enough to hold a page for every slow client. */
const PAGE = 100;
const SWEEP_BATCH = 1_000;

export class Hub {
  readonly #context: RealtimeContext;
  readonly #peers = new Map<string, Set<Peer>>();
  /** Reads under way: connections of one user that stand at the same place share one. */
  readonly #reads = new Map<string, Promise<readonly FeedFrameText[]>>();
  readonly #source: FeedSource;
  readonly #connections: { set(value: number): void };
  readonly #onFrame: () => void;
  readonly #onEnd: (peer: Peer, reason: EndReason) => void;
  #size = 0;
  #draining = false;

  constructor(context: RealtimeContext) {
    const { metrics, db } = context;
    this.#context = context;
    const frames = metrics.counter("todo_realtime_frames_total");
    const closed = metrics.counter("todo_realtime_closed_total");
    this.#connections = metrics.gauge("todo_realtime_connections");
    this.#connections.set(0);
    this.#source = {
      entriesAfter: (userId, after, target) => this.#read(userId, after, target),
      position: (userId) => positionOf(db, userId),
    };
    this.#onFrame = () => frames.inc();
    this.#onEnd = (peer, reason) => {
      this.#remove(peer);
      closed.inc({ reason });
    };
  }

  /** No new connection is taken any more. */
  get draining(): boolean {
    return this.#draining;
  }

  get isFull(): boolean {
    return this.#size >= this.#context.config.env.MAX_CONNECTIONS;
  }

  /** @param last the newest position that the client has seen */
  async join(socket: WebSocket, userId: string, last: number | undefined): Promise<void> {
    const { config, log } = this.#context;
    const { env } = config;
    const peer = new Peer({
      socket,
      userId,
      source: this.#source,
      maxBufferedBytes: env.MAX_BUFFERED_BYTES,
      slowMs: env.SLOW_SECONDS * 1000,
      log,
      onFrame: this.#onFrame,
      onEnd: this.#onEnd,
    });
    // In the list before its position is read: what is committed in between is noticed.
    const peers = this.#add(peer);
    if (this.#draining) return peer.close("restart");
    if (peers > env.MAX_CONNECTIONS_PER_USER) return peer.close("tooMany");
    // Spread, so that clients that came together do not come back together.
    const session = setTimeout(
      () => peer.close("sessionOver"),
      env.SESSION_SECONDS * 1000 * (0.9 + Math.random() / 10),
    );
    socket.once("close", () => clearTimeout(session));
    try {
      const position = await this.#source.position(userId);
      if (position.erased) peer.close("accountDeleted");
      else peer.start(position, last);
    } catch (err) {
      log.warn({ err }, "a connection could not be told where it stands");
      peer.close("tryAgain");
    }
  }

  /** An entry that this process has committed. */
  committed(userId: string, frame: FeedFrameText): void {
    for (const peer of this.#peers.get(userId) ?? []) peer.offer(frame);
  }

  /** Another replica has committed entries up to this position. */
  advanced(userId: string, seq: number): void {
    for (const peer of this.#peers.get(userId) ?? []) peer.advanceTo(seq);
  }

  erased(userId: string): void {
    for (const peer of [...(this.#peers.get(userId) ?? [])]) peer.close("accountDeleted");
  }

  /** Looks up what notices may have missed. */
  async sweep(): Promise<void> {
    const users = [...this.#peers.keys()];
    for (let from = 0; from < users.length; from += SWEEP_BATCH) {
      for (const { userId, seq, erased } of await headsOf(this.#context.db, users.slice(from, from + SWEEP_BATCH))) {
        if (erased) this.erased(userId);
        else this.advanced(userId, seq);
      }
    }
  }

  beat(): void {
    for (const peer of this.#all()) peer.beat();
  }

  drain(): void {
    this.#draining = true;
    for (const peer of this.#all()) peer.close("restart");
  }

  #all(): Peer[] {
    return [...this.#peers.values()].flatMap((peers) => [...peers]);
  }

  /** @returns how many connections the user has now */
  #add(peer: Peer): number {
    const peers = this.#peers.get(peer.userId) ?? new Set();
    this.#peers.set(peer.userId, peers.add(peer));
    this.#connections.set(++this.#size);
    return peers.size;
  }

  #remove(peer: Peer): void {
    const peers = this.#peers.get(peer.userId);
    if (!peers?.delete(peer)) return;
    this.#connections.set(--this.#size);
    if (peers.size === 0) this.#peers.delete(peer.userId);
  }

  /** Shared only by those who know of the same target: a read that began before its commit might miss it. */
  #read(userId: string, after: number, target: number): Promise<readonly FeedFrameText[]> {
    const key = JSON.stringify([userId, after, target]);
    const known = this.#reads.get(key);
    if (known) return known;
    const read = entriesAfter(this.#context.db, userId, after, PAGE).finally(() => this.#reads.delete(key));
    this.#reads.set(key, read);
    return read;
  }
}
