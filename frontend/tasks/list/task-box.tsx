import { Check } from "lucide-react";
import type { Task } from "#contracts/task";
import { cx } from "@/components/ui/cx";
import { text } from "@/text";
import { priorityRing } from "./priority.ts";

export interface TaskBoxProps {
  readonly task: Task;
  readonly tabIndex: 0 | -1;
  readonly disabled: boolean;
  readonly onToggle: () => void;
}

/** The box to tick. The finger gets more room than the eye sees. */
export function TaskBox({ task, tabIndex, disabled, onToggle }: TaskBoxProps) {
  const done = task.status === "completed";
  const priority = task.priority === "p4" ? "" : `, ${text.tasks.priority[task.priority]}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a checkbox input would submit and style like a form's
    <button
      type="button"
      role="checkbox"
      aria-checked={done}
      aria-label={`${done ? text.tasks.reopen(task.title) : text.tasks.complete(task.title)}${priority}`}
      tabIndex={tabIndex}
      disabled={disabled}
      onClick={onToggle}
      className="group/box relative -m-2.5 grid size-10 shrink-0 rounded-full place-items-center disabled:opacity-50"
    >
      <span
        className={cx(
          "grid size-5 place-items-center rounded-full border-2 transition-colors",
          done ? "border-accent bg-accent text-accent-ink" : priorityRing[task.priority],
        )}
      >
        <Check
          aria-hidden
          strokeWidth={3}
          className={cx("size-3 transition-opacity", !done && "opacity-0 group-hover/box:opacity-100")}
        />
      </span>
    </button>
  );
}
