/** The keys of the list: j and k go from task to task, the others do something with the one that was reached. */
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Priority, Task } from "#contracts/task";
import { PRIORITIES } from "#contracts/task-choices";
import { type Command, useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import type { TaskActions } from "../data/actions.ts";
import { isDraft } from "../data/draft.ts";
import { undoLast } from "../data/undo.ts";
import type { Row } from "./rows.ts";

const words = text.tasks.keys;

interface ListKeys {
  readonly rows: readonly Row[];
  /** Brings a row into view, and so into being. */
  readonly reveal: RefObject<(index: number) => void>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly actions: TaskActions;
  readonly edit: (task: Task) => void;
}

export function useListKeys({ rows, reveal, scroller, actions, edit }: ListKeys) {
  const [activeId, setActive] = useState<string>();
  const tasks = rows.filter((row) => row.kind === "task");
  const position = tasks.findIndex(({ id }) => id === activeId);
  // Where the active one went away, or none is, Tab leads to the first.
  const active = position < 0 ? tasks[0]?.id : activeId;

  const focusRow = useCallback(
    (id: string) => {
      setActive(id);
      const index = rows.findIndex((row) => row.id === id);
      if (index < 0) return;
      reveal.current(index);
      // The row may only come into being by the scrolling.
      const focus = (): boolean => {
        const row = scroller.current?.querySelector<HTMLElement>(`[data-task="${CSS.escape(id)}"]`);
        row?.focus({ preventScroll: true });
        return row !== null && row !== undefined;
      };
      requestAnimationFrame(() => focus() || requestAnimationFrame(() => focus()));
    },
    [rows, reveal, scroller],
  );

  /** From the focused one to its neighbour; into the list to where it was left, or to its beginning. */
  const move = (by: 1 | -1): void => {
    const inside = scroller.current?.contains(document.activeElement) ?? false;
    const to = inside ? position + by : Math.max(position, 0);
    const next = tasks[Math.min(Math.max(to, 0), tasks.length - 1)];
    if (next) focusRow(next.id);
  };

  // A focused task that left the list, ticked off or deleted elsewhere, hands the focus on to the one in its place.
  const place = useRef(0);
  useEffect(() => {
    if (position >= 0) place.current = position;
    else if (activeId !== undefined && document.activeElement === document.body) {
      const heir = tasks[Math.min(place.current, tasks.length - 1)];
      if (heir) focusRow(heir.id);
    }
  });

  const withActive = (run: (task: Task) => void) => (): void => {
    const row = tasks[position];
    if (row?.kind !== "task" || isDraft(row.task) || !scroller.current?.contains(document.activeElement)) return;
    run(row.task);
  };

  const key = (id: string, keys: string, title: string, run: () => void): Command => ({
    id: `task-${id}`,
    group: "task",
    title,
    keys,
    keysOnly: true,
    run,
  });
  const setPriority = (priority: Priority) => (task: Task) => actions.change(task, { priority });

  useCommands([
    key("next", "j", words.next, () => move(1)),
    key("previous", "k", words.previous, () => move(-1)),
    key(
      "complete",
      "x",
      words.complete,
      withActive((task) => (task.status === "open" ? actions.complete(task) : actions.reopen(task))),
    ),
    key("edit", "e", words.edit, withActive(edit)),
    key("remove", "#", words.remove, withActive(actions.remove)),
    ...PRIORITIES.map((priority, i) =>
      key(
        priority,
        String(i + 1),
        priority === "p4" ? words.noPriority : words.priority(i + 1),
        withActive(setPriority(priority)),
      ),
    ),
    { id: "undo", group: "tasks", title: words.undo, keys: "u", run: undoLast },
  ]);

  return { active, activate: setActive, focusRow };
}
