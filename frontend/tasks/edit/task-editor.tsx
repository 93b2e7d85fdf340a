"use client";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Task } from "#contracts/task";
import { PRIORITIES } from "#contracts/task-choices";
import { Button } from "@/components/ui/button";
import { Input, Labelled, TextArea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { KeysLabel } from "@/keyboard/keys-label";
import { text } from "@/text";
import type { TaskActions } from "../data/actions.ts";
import { changeOf, formOf, type ReminderChoice, type TaskForm } from "./form.ts";

const words = text.tasks;

export interface TaskEditorProps {
  /** As it was when the person began; a change is compared with this. */
  readonly task: Task;
  /** As it is now, which somebody else may have changed. */
  readonly current: Task;
  readonly today: string;
  readonly actions: TaskActions;
  readonly onClose: (id: string) => void;
}

/** In place of the row: Enter in a line, or Ctrl and Enter anywhere, saves; Escape leaves everything as it was. */
export function TaskEditor({ task, current, today, actions, onClose }: TaskEditorProps) {
  const [form, setForm] = useState(() => formOf(task, today));
  const [wrong, setWrong] = useState<Partial<Record<keyof TaskForm, string>>>({});
  const frame = useRef<HTMLFormElement>(null);
  const heading = useId();

  useEffect(() => {
    frame.current?.querySelector("input")?.focus();
  }, []);

  const set = <K extends keyof TaskForm>(field: K, value: TaskForm[K]): void => {
    setForm((before) => ({ ...before, [field]: value }));
    setWrong(({ [field]: _, ...rest }) => rest);
  };

  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    const result = changeOf(task, form, today);
    if (!result.ok) {
      setWrong(result.wrong);
      const [first] = Object.keys(result.wrong);
      frame.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
      return;
    }
    if (Object.keys(result.change).length > 0) actions.change(task, result.change);
    onClose(task.id);
  };

  const keys = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose(task.id);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };

  const reminders = Object.entries(words.editor.reminders) as [ReminderChoice, string][];
  return (
    <form
      ref={frame}
      noValidate
      aria-labelledby={heading}
      onSubmit={submit}
      onKeyDown={keys}
      className="@container my-1.5 flex flex-col gap-4 rounded-xl border border-line bg-raised p-4 shadow-float"
    >
      <h3 id={heading} className="sr-only">
        {words.editor.title}
      </h3>
      {current.version > task.version && (
        <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-[13px] text-warn">
          {words.editor.changed}
        </p>
      )}
      <Labelled label={words.fields.title} error={wrong.title}>
        <Input name="title" value={form.title} maxLength={500} onChange={(event) => set("title", event.target.value)} />
      </Labelled>
      <div className="grid grid-cols-2 gap-4 @lg:grid-cols-4">
        <Labelled label={words.fields.due}>
          <Input type="date" name="day" value={form.day} onChange={(event) => set("day", event.target.value)} />
        </Labelled>
        <Labelled label={words.fields.time}>
          <Input
            type="time"
            name="time"
            value={form.time}
            disabled={form.day === ""}
            onChange={(event) => set("time", event.target.value)}
          />
        </Labelled>
        <Labelled label={words.fields.priority}>
          <Select
            aria-label={words.fields.priority}
            value={form.priority}
            onChange={(event) => set("priority", PRIORITIES.find((one) => one === event.target.value) ?? "p4")}
          >
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {words.priority[priority]}
              </option>
            ))}
          </Select>
        </Labelled>
        <Labelled label={words.fields.deadline}>
          <Input
            type="date"
            name="deadline"
            value={form.deadline}
            onChange={(event) => set("deadline", event.target.value)}
          />
        </Labelled>
      </div>
      <div className="grid gap-4 @lg:grid-cols-2">
        <Labelled label={words.fields.recurrence} hint={words.editor.rhythmHint} error={wrong.rhythm}>
          <Input name="rhythm" value={form.rhythm} onChange={(event) => set("rhythm", event.target.value)} />
        </Labelled>
        <Labelled label={words.fields.reminder}>
          <Select
            aria-label={words.fields.reminder}
            value={form.reminder}
            onChange={(event) => set("reminder", event.target.value as ReminderChoice)}
          >
            {task.reminder && formOf(task, today).reminder === "own" && (
              <option value="own">{text.sentences.reminder(task.reminder, today)}</option>
            )}
            {reminders.map(([choice, name]) => (
              <option key={choice} value={choice}>
                {name}
              </option>
            ))}
          </Select>
        </Labelled>
      </div>
      <Labelled label={words.fields.tags} hint={words.editor.tagsHint} error={wrong.tags}>
        <Input name="tags" value={form.tags} onChange={(event) => set("tags", event.target.value)} />
      </Labelled>
      <Labelled label={words.fields.notes}>
        <TextArea
          aria-label={words.fields.notes}
          value={form.notes}
          maxLength={20_000}
          onChange={(event) => set("notes", event.target.value)}
        />
      </Labelled>
      <div className="flex items-center justify-end gap-2">
        <Button look="quiet" onClick={() => onClose(task.id)}>
          {text.common.cancel}
        </Button>
        <Button type="submit" look="primary">
          {text.common.save}
          <span className="hidden sm:inline">
            <KeysLabel keys="mod+Enter" />
          </span>
        </Button>
      </div>
    </form>
  );
}
