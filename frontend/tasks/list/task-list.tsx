"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Task } from "#contracts/task";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import { text } from "@/text";
import { localDay, useNow } from "../clock.ts";
import { useTaskActions } from "../data/actions.ts";
import type { TaskQuery } from "../data/query.ts";
import type { useTasks } from "../data/use-tasks.ts";
import { rowsOf } from "./rows.ts";
import { TaskRow } from "./task-row.tsx";
import { useListKeys } from "./use-list-keys.ts";

const TaskEditor = dynamic(() => import("../edit/task-editor.tsx").then((m) => m.TaskEditor), {
  ssr: false,
  loading: () => <Skeleton className="m-2 h-64" />,
});
const TaskMenu = dynamic(() => import("./task-menu.tsx").then((m) => m.TaskMenu), { ssr: false });

const ROW_PIXELS = 62;
const HEADING_PIXELS = 44;
/** Rows before the end at which the next page is asked for: further than a fast thumb scrolls in its round trip. */
const AHEAD = 40;
/** For the server, which knows no screen: about one page of rows. */
const FIRST_RECT = { width: 800, height: 900 };

export interface TaskListProps {
  readonly query: TaskQuery;
  readonly tasks: ReturnType<typeof useTasks>;
  readonly timeZone: string;
  /** Stands where there are no tasks. */
  readonly empty: ReactNode;
}

/** Any number of tasks: only the rows on the screen are there, further pages come as one scrolls. */
export function TaskList({ query, tasks, timeZone, empty }: TaskListProps) {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage } = tasks;
  const now = useNow();
  const today = localDay(now, timeZone);
  const actions = useTaskActions();
  const scroller = useRef<HTMLDivElement>(null);
  const [editing, setEditing] = useState<Task>();
  const [menu, setMenu] = useState<{ readonly task: Task; readonly at: HTMLElement }>();
  const loaded = useMemo(() => (data?.pages ?? []).flatMap(({ items }) => items), [data]);
  const rows = useMemo(() => rowsOf(loaded, query, today), [loaded, query, today]);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === "heading" ? HEADING_PIXELS : ROW_PIXELS),
    getItemKey: (i) => rows[i]?.id ?? i,
    overscan: 8,
    initialRect: FIRST_RECT,
  });

  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    const near = lastShown >= rows.length - AHEAD;
    if (near && hasNextPage && !isFetchingNextPage && !isFetchNextPageError && !isPlaceholderData) void fetchNextPage();
  }, [lastShown, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage]);

  // Another list begins at its top.
  const address = JSON.stringify(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is what it depends on
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [address]);

  const edit = useCallback((task: Task) => setEditing(task), []);
  const openMenu = useCallback((task: Task, at: HTMLElement) => setMenu({ task, at }), []);
  const { active, activate, focusRow } = useListKeys({ rows, virtualizer, scroller, actions, edit });

  const closeEditor = useCallback(
    (id: string) => {
      setEditing(undefined);
      focusRow(id);
    },
    [focusRow],
  );

  if (rows.length === 0 && !isPlaceholderData) return empty;
  return (
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-6 sm:px-4"
      style={{ overflowAnchor: "none" }}
    >
      <ul
        aria-label={text.tasks.list}
        aria-busy={isPlaceholderData}
        className="relative mx-auto w-full max-w-3xl transition-opacity aria-busy:opacity-60"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li
              key={key}
              data-index={index}
              ref={virtualizer.measureElement}
              className="absolute top-0 left-0 w-full"
              style={{ transform: `translateY(${start}px)` }}
            >
              {row.kind === "heading" ? (
                <h2 className="px-3 pt-5 pb-1.5 text-[13px] font-semibold text-ink-soft">{row.title}</h2>
              ) : editing?.id === row.id ? (
                <TaskEditor task={editing} current={row.task} today={today} actions={actions} onClose={closeEditor} />
              ) : (
                <TaskRow
                  task={row.task}
                  now={now}
                  actions={actions}
                  active={active === row.id}
                  onEdit={edit}
                  onMenu={openMenu}
                  onActivate={activate}
                />
              )}
            </li>
          );
        })}
      </ul>
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
