"use client";
import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { text } from "@/text";
import { buttonClass } from "./button-class.ts";
import { cx } from "./cx.ts";
import { type QueuedToast, takeToasts } from "./toast.ts";

const manager = Base.createToastManager();

/** Long enough to find the mouse and click undo. */
const UNDO_MS = 8_000;
const NOTE_MS = 5_000;

function show({ id, title, detail, kind = "info", action }: QueuedToast): void {
  manager.add({
    id,
    title,
    ...(detail ? { description: detail } : {}),
    type: kind,
    // "high" would hide the buttons from screen readers until the toast has the focus.
    priority: "low",
    timeout: kind === "error" ? 0 : action ? UNDO_MS : NOTE_MS,
    ...(action
      ? {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.run();
            },
          },
        }
      : {}),
  });
}

/** Where toasts appear: at the bottom, above the navigation of a phone and above the line where one writes to the assistant. */
export function ToastView() {
  useEffect(() => takeToasts({ show, close: (id) => manager.close(id) }), []);
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-20 left-4 z-10 mx-auto flex max-w-sm flex-col-reverse gap-2 md:right-6 md:bottom-6 md:left-auto md:w-96 [body:has([data-composer])_&]:bottom-36 md:[body:has([data-composer])_&]:bottom-28">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["right", "down"]}
      className={cx(
        "rounded-xl border bg-raised text-ink shadow-float",
        toast.type === "error" ? "border-danger/50" : "border-line",
        "translate-x-[var(--toast-swipe-movement-x)] translate-y-[var(--toast-swipe-movement-y)] transition-[opacity,translate] duration-200 ease-out-soft",
        "data-ending-style:translate-y-3 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-3 data-starting-style:opacity-0",
      )}
    >
      <Base.Content className="flex items-center gap-2 py-2.5 pr-2 pl-4">
        <div className="min-w-0 flex-1 py-0.5">
          <Base.Title className="text-sm font-medium break-words" />
          <Base.Description className="text-[13px] break-words text-ink-soft" />
        </div>
        <Base.Action className={buttonClass("accent", "small")} />
        <Base.Close aria-label={text.common.dismiss} className={buttonClass("quiet", "smallIcon")}>
          <X aria-hidden className="size-4.5" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
