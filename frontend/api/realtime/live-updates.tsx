"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../client.ts";
import { setConnectionState } from "./store.ts";

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
    void begin();
    return () => {
      gone = true;
      stop?.();
    };
  }, [client]);
  return null;
}
