"use client";
import { Check, Pencil, RotateCcw, Trash2 } from "lucide-react";
import type { Task } from "#contracts/task";
import { PRIORITIES } from "#contracts/task-choices";
import { MenuAt, MenuChoice, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { KeysLabel } from "@/keyboard/keys-label";
import { text } from "@/text";
import type { TaskActions } from "../data/actions.ts";

const words = text.tasks.menu;

export interface TaskMenuProps {
  readonly task: Task;
  readonly anchor: HTMLElement;
  readonly actions: TaskActions;
  readonly onEdit: (task: Task) => void;
  readonly onClose: () => void;
}

/** What can be done with a task, with the keys that do the same. */
export function TaskMenu({ task, anchor, actions, onEdit, onClose }: TaskMenuProps) {
  const done = task.status === "completed";
  return (
    <MenuAt anchor={anchor} onClose={onClose}>
      <MenuItem onSelect={() => onEdit(task)} end={<KeysLabel keys="e" />}>
        <Pencil aria-hidden />
        {words.edit}
      </MenuItem>
      <MenuItem onSelect={() => (done ? actions.reopen(task) : actions.complete(task))} end={<KeysLabel keys="x" />}>
        {done ? <RotateCcw aria-hidden /> : <Check aria-hidden />}
        {done ? words.reopen : words.complete}
      </MenuItem>
      <MenuSeparator />
      <MenuChoice
        label={words.priority}
        value={task.priority}
        options={PRIORITIES.map((priority) => [priority, text.tasks.priority[priority]] as const)}
        onChange={(priority) => actions.change(task, { priority })}
      />
      <MenuSeparator />
      <MenuItem danger onSelect={() => actions.remove(task)} end={<KeysLabel keys="#" />}>
        <Trash2 aria-hidden />
        {words.remove}
      </MenuItem>
    </MenuAt>
  );
}
