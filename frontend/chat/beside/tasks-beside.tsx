"use client";
import { useIdleComponent } from "@/components/late/use-idle-component";
import { useIsWide } from "@/components/use-is-wide";
import { ListSkeleton } from "@/tasks/list/list-skeleton";
import { text } from "@/text";

/** Its code is for wide screens alone, and comes when the conversation is there. */
const loadPanel = () => import("@/tasks/tasks-panel").then((m) => m.TasksPanel);
const PANEL_WITHIN_MS = 300;

/** The live list next to the words that change it, where the screen is wide enough for both. */
export function TasksBeside({ id }: { readonly id: string }) {
  const Panel = useIdleComponent(loadPanel, PANEL_WITHIN_MS, useIsWide());
  return (
    <section
      id={id}
      aria-label={text.chat.tasksPane}
      className="hidden w-96 shrink-0 flex-col border-l border-line bg-sunken/50 xl:flex 2xl:w-md"
    >
      {Panel ? <Panel /> : <ListSkeleton />}
    </section>
  );
}
