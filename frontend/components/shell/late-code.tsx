"use client";
import { useEffect } from "react";
import { useConnectionState } from "@/api/realtime/store";
import { untilDone } from "@/components/late/until-done";
import { startWhen, whenIdle, whenSettled } from "@/components/when-idle";

/** What opens on a click or appears by itself, on any page. */
const parts: readonly (() => Promise<unknown>)[] = [
  () => import("@/components/ui/toast-view"),
  () => import("@/tasks/add/reading"),
  () => import("@/tasks/edit/task-editor"),
  () => import("@/tasks/list/task-menu"),
  () => import("@/tasks/filters/filter-popover"),
  () => import("@/keyboard/palette"),
  () => import("@/keyboard/shortcuts"),
  () => import("@/components/notifications/notifications-panel"),
  () => import("./account-menu.tsx"),
];

/** One after the other, so that none is in anybody's way. */
async function fetchAll(): Promise<void> {
  for (const load of parts) {
    await new Promise<void>((resolve) => whenIdle(resolve));
    await load();
  }
  performance.mark("late-code");
}

/**
 * Fetches it while there is a connection and nothing else to do: whoever goes offline, or works through a restart of the
 * front end, is to find everything where it was.
 */
export function LateCode(): null {
  const live = useConnectionState() === "live";
  useEffect(() => {
    if (!live) return;
    return startWhen(whenSettled, () => untilDone(fetchAll));
  }, [live]);
  return null;
}
