"use client";
import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cx } from "./cx.ts";
import { popupClass } from "./popover.tsx";

export interface MenuProps extends Pick<ComponentProps<typeof Base.Positioner>, "side" | "align"> {
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** Inside the page's main landmark, where screen readers expect what belongs to the page. */
const pageContent = (): HTMLElement | null =>
  typeof document === "undefined" ? null : document.getElementById("content");

const popupLook = cx(popupClass, "max-h-[var(--available-height)] min-w-44 overflow-y-auto p-1");

export function Menu({ trigger, side, align, children }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal container={pageContent()}>
        <Base.Positioner
          positionMethod="fixed"
          sideOffset={6}
          collisionPadding={8}
          side={side ?? "bottom"}
          align={align ?? "end"}
        >
          <Base.Popup className={popupLook}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuAtProps extends Pick<ComponentProps<typeof Base.Positioner>, "side" | "align"> {
  /** What it belongs to; closed where there is nothing. */
  readonly anchor: HTMLElement | null;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Above the dialog where its anchor is in one: what lies beside a modal dialog cannot be reached. */
const containerOf = (anchor: HTMLElement | null): HTMLElement | null =>
  anchor?.closest<HTMLElement>("[role=dialog]") ?? pageContent();

/** One menu for many triggers, such as the rows of a long list: only what is open costs anything. */
export function MenuAt({ anchor, onClose, side, align, children }: MenuAtProps) {
  return (
    <Base.Root open={anchor !== null} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal container={containerOf(anchor)}>
        <Base.Positioner
          anchor={anchor}
          positionMethod="fixed"
          sideOffset={4}
          collisionPadding={8}
          side={side ?? "bottom"}
          align={align ?? "end"}
        >
          <Base.Popup finalFocus={() => anchor} className={popupLook}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const itemClass =
  "flex h-9 cursor-pointer select-none items-center gap-2.5 rounded-lg px-2.5 text-sm text-ink outline-none data-highlighted:bg-hover data-disabled:pointer-events-none data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:text-ink-faint";

export interface MenuItemProps {
  readonly onSelect: () => void;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Shown at the end, e.g. the key that does the same. */
  readonly end?: ReactNode;
  readonly children: ReactNode;
}

export function MenuItem({ onSelect, disabled = false, danger, end, children }: MenuItemProps) {
  return (
    <Base.Item
      onClick={onSelect}
      disabled={disabled}
      className={cx(itemClass, danger && "text-danger [&_svg]:text-danger")}
    >
      {children}
      {end && <span className="ml-auto pl-4">{end}</span>}
    </Base.Item>
  );
}

export interface MenuChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly onChange: (value: T) => void;
}

/** One of several, with a mark at the one that holds. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      <Base.GroupLabel className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-faint">{label}</Base.GroupLabel>
      {options.map(([option, name]) => (
        <Base.RadioItem key={option} value={option} className={itemClass}>
          {name}
          <Base.RadioItemIndicator className="ml-auto">
            <Check aria-hidden />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export function MenuNote({ children }: { readonly children: ReactNode }) {
  return <div className="max-w-64 truncate px-2.5 py-2 text-[13px] text-ink-faint">{children}</div>;
}

export const MenuSeparator = () => <Base.Separator className="my-1 h-px bg-line" />;
