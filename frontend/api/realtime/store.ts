/** The state of the connection, for whoever shows it. */
import { useSyncExternalStore } from "react";
import type { ConnectionState } from "./connection.ts";

let state: ConnectionState = "connecting";
const listeners = new Set<() => void>();

export function setConnectionState(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useConnectionState = (): ConnectionState =>
  useSyncExternalStore(
    subscribe,
    () => state,
    () => "connecting",
  );
