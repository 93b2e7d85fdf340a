"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../client.ts";
import { loadProblems } from "../problem.ts";
import { setConnectionState } from "./store.ts";

const LATEST_MS = 2_000;

/** Keeps the cache true while the page is open. Its code comes after the first paint: nothing waits for it. */
export function LiveUpdates(): null {
  const client = useQueryClient();
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    const begin = async (): Promise<void> => {
      const [{ Connection }, { applyFrame }] = await Promise.all([
        import("./connection.ts"),
        import("./apply-frame.ts"),
        // Beside it, so that an error can still be read when the network is gone.
        loadProblems(),
      ]);
      if (gone) return;
      let began = false;
      const connection = new Connection({
        ticket: async () => (await (await api.realtime.v1.realtime.tickets.$post({})).json()).ticket,
        onState: setConnectionState,
        onFrame: (frame) => {
          // What happened between the server's rendering and the first `ready` was told to nobody here.
          if (frame.type === "ready" && !began) void client.invalidateQueries();
          began = true;
          applyFrame(client, frame);
        },
      });
      connection.start();
      stop = () => connection.stop();
    };
    // When the page has nothing better to do, and in any case soon.
    const idle = typeof requestIdleCallback === "function";
    const handle = idle ? requestIdleCallback(begin, { timeout: LATEST_MS }) : window.setTimeout(begin, LATEST_MS / 4);
    return () => {
      gone = true;
      if (idle) cancelIdleCallback(handle);
      else window.clearTimeout(handle);
      stop?.();
    };
  }, [client]);
  return null;
}
