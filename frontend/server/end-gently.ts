/** An end that loses no request, and that no connection holds up. */
import "server-only";
import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";

export interface EndProps {
  readonly signal: NodeJS.Signals;
  /** For how long requests still come after the signal, milliseconds. */
  readonly delayMs: number;
  /** For how long what was begun may go on after that, milliseconds. */
  readonly drainMs: number;
  /** Told first: whoever asks is to go elsewhere. */
  readonly onSignal: () => void;
  /** When nobody comes any more, before the server closes. */
  readonly beforeClose: () => Promise<void>;
}

const LOOK_EVERY_MS = 20;

/**
 * Next closes its server with the signal, while endpoints still lead here for a moment: first not ready, then, when nobody
 * comes any more, what Next does.
 */
export function endGently({ signal, delayMs, drainMs, onSignal, beforeClose }: EndProps): void {
  const close = process.listeners(signal);
  process.removeAllListeners(signal);
  process.once(signal, () => {
    onSignal();
    const end = async (): Promise<void> => {
      await beforeClose();
      for (const listener of close) listener(signal);
      letGo(drainMs);
    };
    setTimeout(() => void end(), delayMs);
  });
}

/** Next keeps its server to itself; Node tells of it with each answer. The first may have been asked for before this process was ready. */
const servers = new Set<Server>();

export function watchServers(): void {
  subscribe("http.server.response.finish", (message) => {
    servers.add((message as { readonly server: Server }).server);
  });
}

/** A connection that becomes idle after `close()` would otherwise hold the process for as long as it may be idle. */
function letGo(drainMs: number): void {
  setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, LOOK_EVERY_MS);
  setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, drainMs);
}
