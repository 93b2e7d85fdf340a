"use client";
import { Fragment } from "react";
import { Kbd } from "@/components/ui/kbd";
import { text } from "@/text";

const isMac = (): boolean => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

const names: Readonly<Record<string, string>> = { Escape: "Esc", Enter: "↵", ArrowUp: "↑", ArrowDown: "↓" };

const labelOf = (key: string): string =>
  key.startsWith("mod+") ? `${isMac() ? "⌘" : "Ctrl"} ${labelOf(key.slice(4))}` : (names[key] ?? key.toUpperCase());

/** `g t` as keys to press. */
export function KeysLabel({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.split(" ").map((key, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice, and the order never changes
        <Fragment key={i}>
          {i > 0 && <span className="text-[11px] text-ink-faint">{text.keyboard.afterwards}</span>}
          <Kbd>{labelOf(key)}</Kbd>
        </Fragment>
      ))}
    </span>
  );
}
