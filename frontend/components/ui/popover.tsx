"use client";
import { Popover as Base } from "@base-ui/react/popover";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cx } from "./cx.ts";

export const popupClass =
  "rounded-xl border border-line bg-raised text-ink shadow-float outline-none origin-[var(--transform-origin)] transition-[opacity,scale] duration-100 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0";

export interface PopoverProps extends Pick<ComponentProps<typeof Base.Positioner>, "side" | "align"> {
  readonly trigger: ReactElement;
  /** For screen readers, and shown where `showTitle`. */
  readonly title: string;
  readonly showTitle?: boolean;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Popover({
  trigger,
  title,
  showTitle,
  open,
  onOpenChange,
  side,
  align,
  className,
  children,
}: PopoverProps) {
  return (
    <Base.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          sideOffset={6}
          collisionPadding={8}
          side={side ?? "bottom"}
          align={align ?? "start"}
          className="max-w-[var(--available-width)]"
        >
          <Base.Popup className={cx(popupClass, "max-h-[var(--available-height)] overflow-y-auto p-3", className)}>
            <Base.Title className={showTitle ? "px-1 pb-2 text-sm font-semibold" : "sr-only"}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface PopoverAtProps extends Omit<PopoverProps, "trigger" | "open" | "onOpenChange"> {
  /** What it belongs to; closed where there is nothing. */
  readonly anchor: HTMLElement | null;
  readonly onClose: () => void;
}

/** For a trigger that is on the first screen, while this comes when it is asked for. */
export function PopoverAt({ anchor, onClose, title, showTitle, side, align, className, children }: PopoverAtProps) {
  return (
    <Base.Root open={anchor !== null} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner
          anchor={anchor}
          sideOffset={6}
          collisionPadding={8}
          side={side ?? "bottom"}
          align={align ?? "start"}
          className="max-w-[var(--available-width)]"
        >
          <Base.Popup
            finalFocus={() => anchor}
            className={cx(popupClass, "max-h-[var(--available-height)] overflow-y-auto p-3", className)}
          >
            <Base.Title className={showTitle ? "px-1 pb-2 text-sm font-semibold" : "sr-only"}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
