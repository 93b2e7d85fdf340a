"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Me } from "#contracts/http/gateway";
import { MeContext } from "@/api/me";
import { createQueryClient } from "@/api/query-client";
import { LiveUpdates } from "@/api/realtime/live-updates";
import { Toasts } from "@/components/ui/toasts";
import { Keyboard } from "@/keyboard/keyboard";
import { Clock, type ServerClock } from "@/tasks/clock";
import { LateCode } from "./late-code.tsx";

export interface ProvidersProps {
  readonly me: Me;
  /** Where the feed of updates stood before the server read what it rendered. */
  readonly position: number | undefined;
  readonly clock: ServerClock;
  readonly children: ReactNode;
}

/** What every page of the product has: the cache, the clock, live updates, the keyboard, toasts. */
export function Providers({ me, position, clock, children }: ProvidersProps) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <MeContext value={me}>
        <Clock {...clock}>{children}</Clock>
        <Keyboard />
        <LiveUpdates since={position} />
        <LateCode />
        <Toasts />
      </MeContext>
    </QueryClientProvider>
  );
}
