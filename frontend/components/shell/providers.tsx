"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Me } from "#contracts/http/gateway";
import { MeContext } from "@/api/me";
import { createQueryClient } from "@/api/query-client";
import { LiveUpdates } from "@/api/realtime/live-updates";
import { Toasts } from "@/components/ui/toasts";
import { Keyboard } from "@/keyboard/keyboard";
import { LateCode } from "./late-code.tsx";

/** What every page of the product has: the cache, live updates, the keyboard, toasts. */
export function Providers({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <MeContext value={me}>
        {children}
        <Keyboard />
        <LiveUpdates />
        <LateCode />
        <Toasts />
      </MeContext>
    </QueryClientProvider>
  );
}
