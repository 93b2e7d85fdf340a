/** A TCP proxy that can cut, half-open, stall and delay what goes through it, and is watched while it does not. */
import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export type Side = "client" | "server";

/** One connection as its watcher sees it. */
export interface Watched {
  /** Who called, as soon as that is known. */
  owner: string | undefined;
}

export interface ProxyProps {
  /** @default one that is free */
  readonly port?: number;
  readonly target: { readonly host: string; readonly port: number };
  /**
   * Sees every piece before it is passed on.
   * @returns "end" to reset both ends in its place
   */
  readonly watch?: (connection: Watched, from: Side, piece: Buffer) => "pass" | "end";
  /** Who calls, where that is always the same. */
  readonly owner?: string;
}

export interface TcpProxy {
  readonly port: number;
  /** Both ends of everything of this caller are reset. @returns how many connections */
  cut(owner: string): number;
  /** The caller's ends are reset; the others stay open and hear nothing for that long. Resolves to whether there were any. */
  halfOpen(owner: string, forMs: number): Promise<boolean>;
  /** Nothing gets through, and whoever calls is not answered; then everything is reset. */
  stall(owner: string, forMs: number): Promise<boolean>;
  delay(owner: string, byMs: number, forMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

export async function startProxy(props: ProxyProps): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  const stalled = new Set<string>();
  const delays = new Map<string, number>();
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const connection = new Connection(client, props, {
      isStalled: (owner) => stalled.has(owner),
      delayOf: (owner) => delays.get(owner) ?? 0,
      closed: () => connections.delete(connection),
    });
    connections.add(connection);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(props.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const of = (owner: string): Connection[] => [...connections].filter((connection) => connection.owner === owner);
  return {
    port: typeof address === "object" && address ? address.port : 0,
    cut: (owner) => {
      const found = of(owner);
      for (const connection of found) connection.reset();
      return found.length;
    },
    halfOpen: async (owner, forMs) => {
      const found = of(owner);
      for (const connection of found) connection.forget();
      await delay(forMs);
      for (const connection of found) connection.reset();
      return found.length > 0;
    },
    stall: async (owner, forMs) => {
      stalled.add(owner);
      await delay(forMs);
      stalled.delete(owner);
      const hit = of(owner).filter(({ swallowed }) => swallowed);
      for (const connection of hit) connection.reset();
      return hit.length > 0;
    },
    delay: async (owner, byMs, forMs) => {
      delays.set(owner, byMs);
      await delay(forMs);
      delays.delete(owner);
      return true;
    },
    stop: async () => {
      for (const connection of connections) connection.reset();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Weather {
  isStalled(owner: string): boolean;
  delayOf(owner: string): number;
  closed(): void;
}

class Connection implements Watched {
  owner: string | undefined;
  /** Something was lost on the way: it cannot go on. */
  swallowed = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #props: ProxyProps;
  readonly #weather: Weather;
  /** What is still to be passed on, in order. */
  readonly #tails: Record<Side, Promise<void>> = { client: Promise.resolve(), server: Promise.resolve() };
  #forgotten = false;

  constructor(client: Socket, props: ProxyProps, weather: Weather) {
    this.owner = props.owner;
    this.#client = client;
    this.#props = props;
    this.#weather = weather;
    this.#server = dial({ ...props.target, allowHalfOpen: true, noDelay: true });
    this.#join("client", client, this.#server);
    this.#join("server", this.#server, client);
  }

  reset(): void {
    this.#client.resetAndDestroy();
    // Before it is connected there is nothing to reset.
    if (this.#server.connecting) this.#server.destroy();
    else this.#server.resetAndDestroy();
    this.#weather.closed();
  }

  /** The client is told that it is over; the server is not. */
  forget(): void {
    this.#forgotten = true;
    this.#client.resetAndDestroy();
  }

  #join(from: Side, source: Socket, sink: Socket): void {
    source.on("data", (piece: Buffer) => this.#pass(from, piece, source, sink));
    source.on("end", () => this.#later(from, () => void sink.end()));
    source.on("error", () => this.#gone(from));
    source.on("close", () => this.#gone(from));
  }

  #gone(from: Side): void {
    if (from === "client" && this.#forgotten) return;
    if (this.#client.destroyed && this.#server.destroyed) this.#weather.closed();
    else if (this.#client.errored || this.#server.errored) this.reset();
    else this.#later(from, () => void (from === "client" ? this.#server : this.#client).destroySoon());
  }

  #pass(from: Side, piece: Buffer, source: Socket, sink: Socket): void {
    if (this.#forgotten) return;
    if (this.#props.watch?.(this, from, piece) === "end") {
      this.reset();
      return;
    }
    if (this.owner !== undefined && this.#weather.isStalled(this.owner)) this.swallowed = true;
    if (this.swallowed) return;
    this.#later(from, () => {
      if (sink.destroyed || sink.write(piece)) return;
      source.pause();
      sink.once("drain", () => source.resume());
    });
  }

  #later(from: Side, work: () => void): void {
    const byMs = this.owner === undefined ? 0 : this.#weather.delayOf(this.owner);
    this.#tails[from] = this.#tails[from].then(async () => {
      if (byMs > 0) await delay(byMs);
      work();
    });
  }
}
