import type { ReactNode } from "react";
import { EntryPage } from "@/components/entry/entry-page";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";
import { Unavailable } from "@/components/shell/unavailable";
import { session } from "@/server/session";

/** Who is not signed in gets the form in place of the page, and then the page: no redirect, no address to lose. */
export default async function ProductLayout({ children }: { readonly children: ReactNode }) {
  const who = await session();
  if (who.kind === "unknown") return <Unavailable />;
  if (who.kind === "signed-out") return <EntryPage kind="sign-in" />;
  return (
    <Providers me={who.me}>
      <Shell>{children}</Shell>
    </Providers>
  );
}
