"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { untilDone } from "@/components/late/until-done";
import { whenIdle } from "@/components/when-idle";
import { api } from "../client.ts";
import { loadProblems } from "../problem.ts";
import { setConnectionState } from "./store.ts";

/** Keeps the cache true while the page is open. Its code comes after the first paint: nothing waits for it. */
export function LiveUpdates(): null {
  const client = useQueryClient();
  useEffect(() => {
    let stop: (() => void) | undefined;
    let close: (() => void) | undefined;
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
      close = () => connection.stop();
    };
    // Its code is the first that a page without a network misses: what it would say is said for it.
    const away = (): void => setConnectionState(navigator.onLine ? "reconnecting" : "offline");
    const cancel = whenIdle(() => {
      stop = untilDone(begin, away);
    });
    return () => {
      gone = true;
      cancel();
      stop?.();
      close?.();
    };
  }, [client]);
  return null;
}
