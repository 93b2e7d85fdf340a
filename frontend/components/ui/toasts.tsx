"use client";
import { type ComponentType, useEffect, useState } from "react";
import { untilDone } from "@/components/late/until-done";
import { onFirstToast } from "./toast.ts";

/** Nothing until there is something to say. Where its code cannot come, the page goes on, and toasts wait for it. */
export function Toasts() {
  const [View, setView] = useState<ComponentType>();
  useEffect(() => {
    let stop: (() => void) | undefined;
    const forget = onFirstToast(() => {
      stop ??= untilDone(async () => {
        const { ToastView } = await import("./toast-view.tsx");
        setView(() => ToastView);
      });
    });
    return () => {
      forget();
      stop?.();
    };
  }, []);
  return View && <View />;
}
