"use client";
import { type ComponentType, useEffect, useState } from "react";
import { untilDone } from "@/components/late/until-done";
import { useIsWide } from "@/components/use-is-wide";
import { whenIdle } from "@/components/when-idle";
import { ListSkeleton } from "@/tasks/list/list-skeleton";
import { text } from "@/text";

/** The live list next to the words that change it, where the screen is wide enough for both. */
export function TasksBeside({ id }: { readonly id: string }) {
  const Panel = usePanel(useIsWide());
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

/** Its code is for wide screens alone, and comes when the conversation is there. */
function usePanel(wanted: boolean): ComponentType | undefined {
  const [Panel, setPanel] = useState<ComponentType>();
  useEffect(() => {
    if (!wanted) return;
    let stop: (() => void) | undefined;
    const cancel = whenIdle(() => {
      stop = untilDone(async () => {
        const { TasksPanel } = await import("@/tasks/tasks-panel");
        setPanel(() => TasksPanel);
      });
    }, 300);
    return () => {
      cancel();
      stop?.();
    };
  }, [wanted]);
  return wanted ? Panel : undefined;
}
