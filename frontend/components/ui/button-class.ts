/** How buttons look, also for links and for what other components render as a button. */
import { cx } from "./cx.ts";

const looks = {
  primary: "bg-accent text-accent-ink hover:bg-accent-strong",
  plain: "border border-line bg-surface text-ink hover:bg-hover",
  quiet: "text-ink-soft hover:bg-hover hover:text-ink",
  accent: "text-accent hover:bg-hover hover:text-accent-strong",
  danger: "bg-danger text-danger-ink hover:opacity-90",
} as const;

const sizes = {
  small: "h-8 gap-1.5 px-2.5 text-[13px]",
  medium: "h-9 gap-2 px-3.5 text-sm",
  large: "h-11 gap-2 px-5 text-[15px]",
  /** An icon alone; 36 px are enough for a finger. */
  icon: "size-9",
  smallIcon: "size-8",
  /** As wide as what it stands in, such as the sidebar. */
  row: "h-9 w-full gap-3 px-2.5 text-sm",
} as const;

export type ButtonLook = keyof typeof looks;
export type ButtonSize = keyof typeof sizes;

export const buttonClass = (look: ButtonLook = "plain", size: ButtonSize = "medium"): string =>
  cx(
    "inline-flex shrink-0 select-none items-center rounded-lg font-medium whitespace-nowrap transition-colors",
    "disabled:pointer-events-none disabled:opacity-50 data-disabled:pointer-events-none data-disabled:opacity-50",
    looks[look],
    sizes[size],
    size === "row" ? "justify-start" : "justify-center",
  );
