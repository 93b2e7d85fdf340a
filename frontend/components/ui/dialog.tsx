"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { text } from "@/text";
import { buttonClass } from "./button.tsx";
import { cx } from "./cx.ts";

export interface DialogProps extends Pick<ComponentProps<typeof Base.Popup>, "initialFocus" | "finalFocus"> {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** Only for screen readers, where the dialog explains itself. @default false */
  readonly hideTitle?: boolean;
  readonly description?: ReactNode;
  /** @default max-w-md */
  readonly width?: string;
  readonly children: ReactNode;
}

export const backdropClass =
  "fixed inset-0 min-h-dvh bg-shade transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0";

/** A modal dialog: keeps the focus, ends with Escape, gives the focus back. On a phone it rises from the bottom. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, hideTitle, description, width = "max-w-md", children, ...focus } = props;
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Viewport className="fixed inset-0 flex items-end justify-center overflow-y-auto sm:items-start sm:px-4 sm:pt-[12vh] sm:pb-8">
          <Base.Popup
            {...focus}
            className={cx(
              "relative flex w-full flex-col gap-4 rounded-t-2xl border border-line bg-raised p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] text-ink shadow-float sm:rounded-2xl",
              "transition-[opacity,translate] duration-150 ease-out-soft data-ending-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0",
              width,
            )}
          >
            <div className={hideTitle ? "sr-only" : "flex flex-col gap-1 pr-8"}>
              <Base.Title className="text-base font-semibold">{title}</Base.Title>
              {description && <Base.Description className="text-sm text-ink-soft">{description}</Base.Description>}
            </div>
            {children}
            {!hideTitle && (
              <Base.Close
                aria-label={text.common.close}
                className={cx(buttonClass("quiet", "smallIcon"), "absolute top-3.5 right-3.5")}
              >
                <X aria-hidden className="size-4.5" />
              </Base.Close>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons at a dialog's end: what it is for stands last, under the right thumb. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2 pt-1">{children}</div>;
}
