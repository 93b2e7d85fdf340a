"use client";
import { Ellipsis } from "lucide-react";
import { memo } from "react";
import type { Task } from "#contracts/task";
import { buttonClass } from "@/components/ui/button-class";
import { cx } from "@/components/ui/cx";
import { Spinner } from "@/components/ui/spinner";
import { text } from "@/text";
import type { TaskActions } from "../data/actions.ts";
import { isDraft } from "../data/draft.ts";
import { TaskBox } from "./task-box.tsx";
import { TaskDetails } from "./task-details.tsx";

const words = text.tasks;

export interface TaskRowProps {
  readonly task: Task;
  /** Milliseconds since 1970, to the minute. */
  readonly now: number;
  readonly actions: TaskActions;
  /** One row is in the order of the Tab key, with its buttons: the one to which j and k have led. */
  readonly active: boolean;
  readonly onEdit: (task: Task) => void;
  readonly onMenu: (task: Task, at: HTMLElement) => void;
  readonly onActivate: (id: string) => void;
}

export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, now, actions, active, onEdit, onMenu, onActivate } = props;
  const draft = isDraft(task);
  const done = task.status === "completed";
  const tab = active ? 0 : -1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      role="group"
      aria-label={task.title}
      aria-busy={draft}
      data-task={task.id}
      tabIndex={tab}
      onFocus={() => onActivate(task.id)}
      className={cx(
        "group/row relative flex items-start gap-3 rounded-xl px-3 py-2.5 -outline-offset-2 hover:bg-hover/70",
        draft && "opacity-70",
      )}
    >
      <TaskBox
        task={task}
        tabIndex={tab}
        disabled={draft}
        onToggle={() => (done ? actions.reopen(task) : actions.complete(task))}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <button
          type="button"
          tabIndex={tab}
          disabled={draft}
          aria-label={words.edit(task.title)}
          onClick={() => onEdit(task)}
          className={cx(
            "line-clamp-2 rounded text-left text-[15px] leading-5 break-words after:absolute after:inset-y-0 after:right-12 after:left-12",
            done && "text-ink-faint line-through",
          )}
        >
          {task.title}
        </button>
        <TaskDetails task={task} now={now} />
      </div>
      {draft ? (
        <span className="flex items-center gap-1.5 text-[13px] text-ink-faint">
          <Spinner className="size-3.5" />
          {words.saving}
        </span>
      ) : (
        <>
          <span className="hidden text-xs leading-5 text-ink-faint tabular-nums sm:inline">
            {words.number(task.number)}
          </span>
          <button
            type="button"
            tabIndex={tab}
            aria-label={words.actions(task.title)}
            aria-haspopup="menu"
            onClick={({ currentTarget }) => onMenu(task, currentTarget)}
            className={cx(
              buttonClass("quiet", "smallIcon"),
              "relative -my-1.5 opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:opacity-100",
            )}
          >
            <Ellipsis aria-hidden className="size-4.5" />
          </button>
        </>
      )}
    </div>
  );
});
