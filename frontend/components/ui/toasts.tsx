"use client";
import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { text } from "@/text";
import { buttonClass } from "./button.tsx";
import { cx } from "./cx.ts";

/** Reached from anywhere, also from where there is no component, such as the cache of queries. */
const manager = Base.createToastManager();

/** Long enough to find the mouse and click undo. */
const UNDO_MS = 8_000;

export interface ToastProps {
  readonly title: string;
  readonly detail?: string;
  /** `error` is announced at once, and stays until it is read. @default info */
  readonly kind?: "info" | "error";
  /** What can be done about it. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** A toast with the same key replaces the one before. */
  readonly key?: string;
}

/** @returns what takes it away again */
export function showToast({ title, detail, kind = "info", action, key }: ToastProps): () => void {
  const id = manager.add({
    ...(key ? { id: key } : {}),
    title,
    ...(detail ? { description: detail } : {}),
    type: kind,
    priority: kind === "error" ? "high" : "low",
    timeout: kind === "error" ? 0 : action ? UNDO_MS : 5_000,
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
  return () => manager.close(id);
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-20 left-4 z-10 mx-auto flex max-w-sm flex-col-reverse gap-2 md:right-6 md:bottom-6 md:left-auto md:w-96">
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
        <Base.Action className={cx(buttonClass("quiet", "small"), "text-accent hover:text-accent-strong")} />
        <Base.Close aria-label={text.common.dismiss} className={cx(buttonClass("quiet", "small"), "size-8 px-0")}>
          <X aria-hidden className="size-4" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
