"use client";
import { Bell as BellIcon } from "lucide-react";
import { useState } from "react";
import { late } from "@/components/late/late";
import { buttonClass } from "@/components/ui/button-class";
import { cx } from "@/components/ui/cx";
import { useHydrated } from "@/components/use-hydrated";
import { text } from "@/text";
import { useNotifications } from "./use-notifications.ts";

const load = () => import("./notifications-panel.tsx").then((m) => m.NotificationsPanel);
const prepare = (): void => void load().catch(() => undefined);
const NotificationsPanel = late(load, { giveUp: ({ onClose }) => onClose() });

/** @param compact for a phone's header, where there is room for the bell alone */
export function Bell({ compact = false }: { readonly compact?: boolean }) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const { data } = useNotifications();
  const unread = (useHydrated() && data?.pages[0]?.unread) || 0;
  return (
    <>
      <button
        type="button"
        aria-label={text.notifications.button(unread)}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onPointerEnter={prepare}
        onFocus={prepare}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
        className={cx(buttonClass("quiet", compact ? "icon" : "row"), "relative")}
      >
        <BellIcon aria-hidden className="size-4.5" />
        {!compact && <span className="flex-1 text-left">{text.notifications.title}</span>}
        {unread > 0 && (
          <span
            aria-hidden
            className={cx(
              "grid h-4.5 min-w-4.5 place-items-center rounded-full bg-accent px-1 text-[11px] font-semibold text-accent-ink tabular-nums",
              compact && "absolute -top-0.5 -right-0.5",
            )}
          >
            {unread > 99 ? text.notifications.many : unread}
          </span>
        )}
      </button>
      {anchor && (
        <NotificationsPanel anchor={anchor} side={compact ? "bottom" : "right"} onClose={() => setAnchor(undefined)} />
      )}
    </>
  );
}
