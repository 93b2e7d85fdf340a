/** The editor's fields as texts, and the change that they amount to. */
import type { TaskChange } from "#contracts/http/tasks";
import type { Priority, Recurrence, Reminder, Task } from "#contracts/task";
import { understand } from "#understanding/understand";
import { text } from "@/text";

export interface TaskForm {
  readonly title: string;
  readonly notes: string;
  readonly day: string;
  readonly time: string;
  readonly deadline: string;
  readonly priority: Priority;
  readonly tags: string;
  readonly rhythm: string;
  readonly reminder: ReminderChoice;
}

const reminderChoices = {
  none: null,
  due: { minutesBefore: 0 },
  minutes10: { minutesBefore: 10 },
  hour: { minutesBefore: 60 },
  day: { minutesBefore: 1_440 },
  morning: { at: "09:00" },
} as const satisfies Readonly<Record<string, Reminder | null>>;

/** `own`: another one than those that are offered, which stays as it is. */
export type ReminderChoice = keyof typeof reminderChoices | "own";

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const choiceOf = (reminder: Reminder | null): ReminderChoice =>
  (Object.keys(reminderChoices) as (keyof typeof reminderChoices)[]).find((choice) =>
    same(reminderChoices[choice], reminder),
  ) ?? "own";

const rhythmOf = (recurrence: Recurrence | null, today: string): string =>
  recurrence ? text.sentences.rule(recurrence, today) : "";

export function formOf(task: Task, today: string): TaskForm {
  return {
    title: task.title,
    notes: task.notes,
    day: task.due?.slice(0, 10) ?? "",
    time: task.due?.slice(11) ?? "",
    deadline: task.deadline ?? "",
    priority: task.priority,
    tags: task.tags.join(" "),
    rhythm: rhythmOf(task.recurrence, today),
    reminder: choiceOf(task.reminder),
  };
}

export type FormResult =
  | { readonly ok: true; readonly change: TaskChange }
  | { readonly ok: false; readonly wrong: Partial<Record<keyof TaskForm, string>> };

const TAG = /^[^\s@#,!{}]{1,60}$/u;

/** @returns only what differs from the task, so that nothing else is written over */
export function changeOf(task: Task, form: TaskForm, today: string): FormResult {
  const before = formOf(task, today);
  const wrong: Partial<Record<keyof TaskForm, string>> = {};
  const change: { -readonly [K in keyof TaskChange]: TaskChange[K] } = {};

  const title = form.title.trim();
  if (title === "") wrong.title = text.tasks.editor.titleMissing;
  else if (title !== task.title) change.title = title;
  if (form.notes !== task.notes) change.notes = form.notes;
  if (form.priority !== task.priority) change.priority = form.priority;

  const due = form.day === "" ? null : form.time === "" ? form.day : `${form.day}T${form.time}`;
  if (due !== task.due) change.due = due;
  const deadline = form.deadline === "" ? null : form.deadline;
  if (deadline !== task.deadline) change.deadline = deadline;

  const tags = [...new Set(form.tags.split(/[\s,]+/).flatMap((tag) => tag.replace(/^[@#]/, "") || []))];
  if (!tags.every((tag) => TAG.test(tag)) || tags.length > 20) wrong.tags = text.tasks.editor.tagWrong;
  else if (!same(tags, task.tags)) change.tags = tags;

  if (form.rhythm.trim() !== before.rhythm) {
    const read = readRhythm(form.rhythm.trim(), task.timeZone);
    if (read === undefined) wrong.rhythm = text.tasks.editor.rhythmUnknown;
    else {
      change.recurrence = read.recurrence;
      // The rhythm says when it begins, unless the person said so in the field beside it.
      if (read.due && due === task.due && task.recurrence === null && task.due === null) change.due = read.due;
    }
  }

  if (form.reminder !== "own" && form.reminder !== before.reminder) change.reminder = reminderChoices[form.reminder];
  return Object.keys(wrong).length > 0 ? { ok: false, wrong } : { ok: true, change };
}

/** @returns undefined for words that are no rhythm */
function readRhythm(
  words: string,
  timeZone: string,
): { readonly recurrence: Recurrence | null; readonly due?: string } | undefined {
  if (words === "") return { recurrence: null };
  const lead = "x ";
  const { recurrence, due, title } = understand(lead + words, { now: new Date().toISOString(), timeZone });
  if (!recurrence || title !== lead.trim()) return undefined;
  return { recurrence, ...(due ? { due } : {}) };
}
