import { HydrationBoundary } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { EntryPage } from "@/components/entry/entry-page";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";
import { Unavailable } from "@/components/shell/unavailable";
import { firstNotifications } from "@/server/first-data";
import { session } from "@/server/session";
import { localMinute, thisMinute } from "@/tasks/local-time";

/** Who is not signed in gets the form in place of the page, and then the page: no redirect, no address to lose. */
export default async function ProductLayout({ children }: { readonly children: ReactNode }) {
  const [who, notifications] = await Promise.all([session(), firstNotifications()]);
  if (who.kind === "unknown") return <Unavailable />;
  if (who.kind === "signed-out") return <EntryPage kind="sign-in" />;
  const { me, position } = who;
  const { timeZone } = me.settings;
  const now = thisMinute();
  return (
    <Providers me={me} position={position} clock={{ now, timeZone, minute: localMinute(now, timeZone) }}>
      <HydrationBoundary state={notifications}>
        <Shell>{children}</Shell>
      </HydrationBoundary>
    </Providers>
  );
}
