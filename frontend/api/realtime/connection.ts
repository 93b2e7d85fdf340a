/** One WebSocket to realtime: opened with a ticket, kept alive, and opened again from where it ended. */
import { closeCodes, type Frame, readFrame, seqOf } from "#contracts/realtime-frames";

/** `live`: what is on the screen follows every change. `ended`: it does not come back by itself. */
export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline" | "ended";

export interface ConnectionProps {
  /** Position of the feed from which on it is to be told everything; without, from its first `ready` on. */
  readonly since?: number | undefined;
  /** Good for one connection. */
  readonly ticket: () => Promise<string>;
  readonly onFrame: (frame: Frame) => void;
  readonly onState: (state: ConnectionState) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Proxies close what is silent for a minute; a dead network is noticed no later than this and the answer's time. */
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 8_000;
const READY_WITHIN_MS = 15_000;

/** Grows from half a second to half a minute; the random half keeps browsers from coming back all at once. */
export const waitBefore = (attempt: number, random: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + random / 2);

export class Connection {
  readonly #props: ConnectionProps;
  #socket: WebSocket | undefined;
  #last: number | undefined;
  #attempt = 0;
  #wasLive = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alive: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(props: ConnectionProps) {
    this.#props = props;
    this.#last = props.since;
  }

  start(): void {
    window.addEventListener("online", this.#comeBack);
    window.addEventListener("offline", this.#goOffline);
    document.addEventListener("visibilitychange", this.#lookAgain);
    if (navigator.onLine) void this.#open();
    else this.#props.onState("offline");
  }

  stop(): void {
    this.#over = true;
    window.removeEventListener("online", this.#comeBack);
    window.removeEventListener("offline", this.#goOffline);
    document.removeEventListener("visibilitychange", this.#lookAgain);
    this.#drop();
  }

  readonly #comeBack = (): void => {
    this.#attempt = 0;
    this.#drop();
    void this.#open();
  };

  readonly #goOffline = (): void => {
    this.#drop();
    this.#props.onState("offline");
  };

  /** A laptop that slept has a socket that looks open: ask before anybody believes the screen. */
  readonly #lookAgain = (): void => {
    if (document.visibilityState !== "visible" || this.#over) return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#ping();
    else if (navigator.onLine && this.#timer !== undefined) this.#comeBack();
  };

  async #open(): Promise<void> {
    if (this.#over) return;
    this.#props.onState(!this.#wasLive && this.#attempt === 0 ? "connecting" : "reconnecting");
    let ticket: string;
    try {
      ticket = await this.#props.ticket();
    } catch {
      return this.#later();
    }
    if (this.#over || !navigator.onLine) return;
    const url = new URL("/ws", window.location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("ticket", ticket);
    if (this.#last !== undefined) url.searchParams.set("last", String(this.#last));
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#expectWithin(READY_WITHIN_MS);
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && typeof data === "string") this.#read(data);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    };
  }

  #read(data: string): void {
    const frame = readFrame(data);
    const first = this.#last === undefined;
    if (frame?.type === "ready") {
      this.#attempt = 0;
      this.#wasLive = true;
      // Where one was asked for, what lies between comes next; the position moves with it.
      if (first) this.#last = frame.seq;
      this.#props.onState("live");
    } else this.#last = seqOf(data) ?? this.#last;
    this.#rest();
    if (frame) this.#props.onFrame(frame);
  }

  #closed(code: number): void {
    this.#drop();
    if (code === closeCodes.accountDeleted) {
      this.#over = true;
      this.#props.onState("ended");
      return;
    }
    if (code === closeCodes.tooMany) this.#attempt = Math.max(this.#attempt, 5);
    this.#later();
  }

  #later(): void {
    if (this.#over) return;
    this.#props.onState(navigator.onLine ? "reconnecting" : "offline");
    // Being online again is an event of its own, which comes back at once.
    if (!navigator.onLine) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#open();
      },
      waitBefore(this.#attempt++, Math.random()),
    );
  }

  /** Quiet for a while: ask whether the other end is still there. */
  #rest(): void {
    clearTimeout(this.#alive);
    this.#alive = setTimeout(() => this.#ping(), PING_EVERY_MS);
  }

  #ping(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send("ping");
    this.#expectWithin(PONG_WITHIN_MS);
  }

  #expectWithin(ms: number): void {
    clearTimeout(this.#alive);
    this.#alive = setTimeout(() => {
      this.#drop();
      this.#later();
    }, ms);
  }

  /** Forgets the socket; what it still says is not listened to. */
  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#alive);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
