"use client";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Task } from "#contracts/task";
import { late } from "@/components/late/late";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import { text } from "@/text";
import { useNow } from "../clock.tsx";
import { useTaskActions } from "../data/actions.ts";
import type { TaskQuery } from "../data/query.ts";
import type { useTasks } from "../data/use-tasks.ts";
import { localDay } from "../local-time.ts";
import { type Row, rowsOf } from "./rows.ts";
import { TaskRow } from "./task-row.tsx";
import { TaskRows } from "./task-rows.tsx";
import { useListKeys } from "./use-list-keys.ts";

const TaskEditor = late(() => import("../edit/task-editor.tsx").then((m) => m.TaskEditor), {
  waiting: <Skeleton className="m-2 h-64" />,
  giveUp: ({ task, onClose }) => onClose(task.id),
});
const TaskMenu = late(() => import("./task-menu.tsx").then((m) => m.TaskMenu), { giveUp: ({ onClose }) => onClose() });

export interface TaskListProps {
  readonly query: TaskQuery;
  readonly tasks: ReturnType<typeof useTasks>;
  readonly timeZone: string;
  /** Stands where there are no tasks. */
  readonly empty: ReactNode;
}

/** Any number of tasks, page by page as one scrolls; a task is edited in its place. */
export function TaskList({ query, tasks, timeZone, empty }: TaskListProps) {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage } = tasks;
  const now = useNow();
  const today = localDay(now, timeZone);
  const actions = useTaskActions();
  const scroller = useRef<HTMLDivElement>(null);
  const reveal = useRef<(index: number) => void>(() => undefined);
  const [editing, setEditing] = useState<Task>();
  const [menu, setMenu] = useState<{ readonly task: Task; readonly at: HTMLElement }>();
  const loaded = useMemo(() => (data?.pages ?? []).flatMap(({ items }) => items), [data]);
  const rows = useMemo(() => rowsOf(loaded, query, today), [loaded, query, today]);

  // Another list begins at its top.
  const address = JSON.stringify(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is what it depends on
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [address]);

  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && !isPlaceholderData) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage]);

  const edit = useCallback((task: Task) => setEditing(task), []);
  const openMenu = useCallback((task: Task, at: HTMLElement) => setMenu({ task, at }), []);
  const { active, activate, focusRow } = useListKeys({ rows, reveal, scroller, actions, edit });
  const closeEditor = (id: string): void => {
    setEditing(undefined);
    focusRow(id);
  };

  if (rows.length === 0 && !isPlaceholderData) return empty;

  const render = (row: Row): ReactNode => {
    if (row.kind === "heading") {
      return <h2 className="px-3 pt-5 pb-1.5 text-[13px] font-semibold text-ink-soft">{row.title}</h2>;
    }
    const { task } = row;
    return editing?.id === task.id ? (
      <TaskEditor task={editing} current={task} today={today} actions={actions} onClose={closeEditor} />
    ) : (
      <TaskRow
        task={task}
        now={now}
        actions={actions}
        active={active === task.id}
        onEdit={edit}
        onMenu={openMenu}
        onActivate={activate}
      />
    );
  };
  return (
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-24 [overflow-anchor:none] sm:px-4 md:pb-6"
    >
      <TaskRows
        rows={rows}
        scroller={scroller}
        busy={isPlaceholderData}
        render={render}
        reveal={reveal}
        onNearEnd={loadMore}
      />
      <div
        role="status"
        className="mx-auto flex max-w-3xl items-center gap-3 px-3 py-3 text-[13px] text-ink-faint empty:hidden"
      >
        {isFetchingNextPage && text.common.loading}
        {isFetchNextPageError && (
          <>
            {text.tasks.moreFailed}
            <Button size="small" onClick={() => void fetchNextPage()}>
              {text.common.retry}
            </Button>
          </>
        )}
      </div>
      {menu && (
        <TaskMenu
          task={menu.task}
          anchor={menu.at}
          actions={actions}
          onEdit={edit}
          onClose={() => setMenu(undefined)}
        />
      )}
    </div>
  );
}
