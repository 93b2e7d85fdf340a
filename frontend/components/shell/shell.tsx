"use client";
import { CheckCheck, Command } from "lucide-react";
import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Bell } from "@/components/notifications/bell";
import { buttonClass } from "@/components/ui/button-class";
import { cx } from "@/components/ui/cx";
import { useSettled } from "@/components/use-settled";
import { KeysLabel } from "@/keyboard/keys-label";
import { openers } from "@/keyboard/openers";
import { text } from "@/text";
import { AccountButton } from "./account-button.tsx";
import { ConnectionNotice } from "./connection-notice.tsx";
import { type Destination, destinations, isAt } from "./navigation.ts";

const words = text.navigation;

/** The frame of every page: navigation at the side, on a phone at the bottom; each page scrolls by itself. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const current = usePathname();
  // Every page ahead is a rendering on the server and work for a phone that is busy with this one.
  const prefetch = useSettled() ? null : false;
  return (
    <div className="flex h-dvh flex-col overflow-hidden md:flex-row">
      <a
        href="#content"
        className={cx(
          buttonClass("primary"),
          "sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20",
        )}
      >
        {words.skip}
      </a>
      <aside className="order-last flex shrink-0 border-t border-line bg-sunken pb-[env(safe-area-inset-bottom)] md:order-none md:w-56 md:flex-col md:gap-1 md:border-t-0 md:border-r md:p-3">
        <div className="hidden h-10 items-center gap-2.5 px-2 pb-2 md:flex">
          <CheckCheck aria-hidden className="size-5 text-accent" />
          <span className="text-sm font-semibold">{text.product}</span>
        </div>
        <nav aria-label={words.label} className="flex flex-1 md:flex-none md:flex-col md:gap-0.5">
          {destinations.map(({ path, name, icon }) => (
            <Link
              key={path}
              href={path}
              prefetch={prefetch}
              aria-current={isAt(path, current) ? "page" : undefined}
              className="flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[11px] font-medium text-ink-soft transition-colors aria-[current=page]:text-accent md:h-9 md:flex-none md:flex-row md:justify-start md:gap-3 md:rounded-lg md:px-2.5 md:text-sm md:hover:bg-hover md:hover:text-ink md:aria-[current=page]:bg-accent-soft md:aria-[current=page]:text-accent"
            >
              <LinkIcon icon={icon} />
              {name}
            </Link>
          ))}
        </nav>
        <div className="mt-auto hidden flex-col gap-0.5 md:flex">
          <Bell />
          <button type="button" onClick={() => openers.palette()} className={buttonClass("quiet", "row")}>
            <Command aria-hidden className="size-4.5" />
            <span className="flex-1 text-left">{words.commands}</span>
            <span suppressHydrationWarning>
              <KeysLabel keys="mod+k" />
            </span>
          </button>
          <AccountButton />
        </div>
      </aside>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ConnectionNotice />
        <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}

/** Says by itself that its page is on the way. */
function LinkIcon({ icon: Icon }: Pick<Destination, "icon">) {
  const { pending } = useLinkStatus();
  return <Icon aria-hidden className={cx("size-5 md:size-4.5", pending && "animate-pulse delay-100")} />;
}
