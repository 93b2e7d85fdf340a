/** A client that keeps what it is sent, as the front end does. */
import { WebSocket } from "ws";
import { type FeedFrame, type Frame, readFrame } from "#contracts/realtime-frames";

export class Client {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly #closed = Promise.withResolvers<number>();
  readonly #waiting = new Set<() => void>();

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false });
    this.socket.on("message", (data) => {
      const frame = readFrame(String(data));
      if (!frame) throw new Error(`not a frame: ${String(data).slice(0, 200)}`);
      this.frames.push(frame);
      for (const check of this.#waiting) check();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", (code) => {
      this.#closed.resolve(code);
      for (const check of this.#waiting) check();
    });
  }

  /** Close code; 1006 when nothing was said. */
  get closed(): Promise<number> {
    return this.#closed.promise;
  }

  get events(): FeedFrame[] {
    return this.frames.filter((frame): frame is FeedFrame => "data" in frame);
  }

  get seqs(): number[] {
    return this.events.map(({ seq }) => seq);
  }

  /** Resolves once it holds; rejects when the connection ends before. */
  until(holds: (client: this) => boolean): Promise<this> {
    const { promise, resolve, reject } = Promise.withResolvers<this>();
    const check = (): void => {
      if (holds(this)) resolve(this);
      else if (this.socket.readyState === WebSocket.CLOSED) reject(new Error("the connection ended before"));
    };
    this.#waiting.add(check);
    check();
    return promise.finally(() => this.#waiting.delete(check));
  }

  async ready(): Promise<this> {
    return this.until(({ frames }) => frames.length > 0);
  }

  /** Without a word, as a cable that is pulled. */
  cut(): Promise<number> {
    this.socket.terminate();
    return this.closed;
  }
}
