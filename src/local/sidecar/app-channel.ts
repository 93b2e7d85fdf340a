/** The way from a sidecar to its own service. */
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { paths } from "#model/paths";
import { orAborted } from "./abortable.ts";

export interface AppAnswer {
  readonly status: number;
  readonly body: string;
}

/** The service did not answer. */
export class AppAwayError extends Error {
  override readonly name = "AppAwayError";
}

export interface AppRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: Buffer | string;
  readonly signal?: AbortSignal;
}

const PROBE_MS = 500;
const PROBE_TIMEOUT_MS = 2_000;
const THRESHOLD = 3;

export class AppChannel {
  readonly #port: number;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 512 });
  readonly #stopping = new AbortController();
  #listeners: (() => void)[] = [];
  #healthy = false;
  #failures = 0;

  constructor(port: number, token: string) {
    this.#port = port;
    this.#token = token;
    void this.#probe();
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Resolves when the service is ready, or the signal aborts. */
  async untilHealthy(signal: AbortSignal): Promise<void> {
    while (!this.#healthy && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#listeners.push(resolve);
      await orAborted(promise, signal);
    }
  }

  /** @throws AppAwayError when nobody answers */
  send({ method, path, headers, body, signal }: AppRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port: this.#port,
          agent: this.#agent,
          method,
          path,
          headers: {
            ...headers,
            "dapr-api-token": this.#token,
            ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
          },
          ...(signal ? { signal } : {}),
        },
        resolve,
      );
      outgoing.on("error", (cause: NodeJS.ErrnoException) => {
        if (cause.code === "ECONNREFUSED") this.#healthy = false;
        reject(signal?.aborted ? cause : new AppAwayError(`error invoking app channel: ${cause.message}`, { cause }));
      });
      outgoing.end(body);
    });
  }

  /**
   * What came, also where the rest did not: Dapr (1.18) goes by the status alone when an answer breaks off after its head.
   * @throws AppAwayError when nobody answers
   */
  async call(request: AppRequest): Promise<AppAnswer> {
    const response = await this.send(request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (cause) {
      if (request.signal?.aborted) throw cause;
    }
    return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
  }

  close(): void {
    this.#stopping.abort();
    this.#agent.destroy();
  }

  /** As Dapr's app health check: an app is ready at the first success and away after three failures. */
  async #probe(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const ok = await this.#isReady();
      this.#failures = ok ? 0 : this.#failures + 1;
      if (ok) this.#set(true);
      else if (this.#failures >= THRESHOLD) this.#set(false);
      await delay(this.#healthy ? PROBE_MS : PROBE_MS / 5, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
      return (await this.call({ method: "GET", path: paths.ready, headers: {}, signal })).status < 300;
    } catch {
      return false;
    }
  }

  #set(healthy: boolean): void {
    this.#healthy = healthy;
    if (!healthy) return;
    for (const resolve of this.#listeners.splice(0)) resolve();
  }
}
