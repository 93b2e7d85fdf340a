"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { untilDone } from "@/components/late/until-done";
import { startWhen, whenIdle } from "@/components/when-idle";
import { api } from "../client.ts";
import { loadProblems } from "../problem.ts";
import { setConnectionState } from "./store.ts";

export interface LiveUpdatesProps {
  /** Position of the feed before what is in the cache was read; where nobody knows, it is all read again. */
  readonly since: number | undefined;
}

/** Keeps the cache true while the page is open. Its code comes after the first paint: nothing waits for it. */
export function LiveUpdates({ since }: LiveUpdatesProps): null {
  const client = useQueryClient();
  // What the server says of a later page is no reason to connect anew.
  const [first] = useState(since);
  useEffect(() => {
    let close: (() => void) | undefined;
    let gone = false;
    const begin = async (): Promise<void> => {
      // First, so that an error can still be read when the network is gone. All at once would hold the page for too long.
      await loadProblems();
      await new Promise<void>((resolve) => whenIdle(resolve));
      const [{ Connection }, { applyFrame }] = await Promise.all([
        import("./connection.ts"),
        import("./apply-frame.ts"),
      ]);
      if (gone) return;
      let isTrue = first !== undefined;
      const connection = new Connection({
        since: first,
        ticket: async () => (await (await api.realtime.v1.realtime.tickets.$post({})).json()).ticket,
        onState: setConnectionState,
        onFrame: (frame) => {
          // What happened between the server's rendering and the first `ready` was told to nobody here.
          if (frame.type === "ready" && !isTrue) void client.invalidateQueries();
          isTrue = true;
          applyFrame(client, frame);
        },
      });
      connection.start();
      close = () => connection.stop();
    };
    // Its code is the first that a page without a network misses: what it would say is said for it.
    const away = (): void => setConnectionState(navigator.onLine ? "reconnecting" : "offline");
    const stop = startWhen(whenIdle, () => untilDone(begin, away));
    return () => {
      gone = true;
      stop();
      close?.();
    };
  }, [client, first]);
  return null;
}
