"use client";
import { useState } from "react";
import { useMe } from "@/api/me";
import { late } from "@/components/late/late";
import { buttonClass } from "@/components/ui/button-class";
import { text } from "@/text";

const load = () => import("./account-menu.tsx").then((m) => m.AccountMenu);
const prepare = (): void => void load().catch(() => undefined);
const AccountMenu = late(load, { giveUp: ({ onClose }) => onClose() });

/** @param compact for a phone's header, where there is room for a letter */
export function AccountButton({ compact = false }: { readonly compact?: boolean }) {
  const me = useMe();
  const [anchor, setAnchor] = useState<HTMLElement>();
  return (
    <>
      <button
        type="button"
        aria-label={text.navigation.account}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onPointerEnter={prepare}
        onFocus={prepare}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
        className={buttonClass("quiet", compact ? "icon" : "row")}
      >
        <span
          aria-hidden
          className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
        >
          {(me.name.trim()[0] ?? "?").toUpperCase()}
        </span>
        {!compact && <span className="truncate">{me.name}</span>}
      </button>
      {anchor && <AccountMenu anchor={anchor} side={compact ? "bottom" : "top"} onClose={() => setAnchor(undefined)} />}
    </>
  );
}
