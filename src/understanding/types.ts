export type Intent =
  | "add_task"
  | "list_tasks"
  | "complete_task"
  | "update_task"
  | "delete_task"
  | "search_tasks"
  | "unknown";

export type Priority = "p1" | "p2" | "p3" | "p4";

/** RFC 5545 rule without `RRULE:` and `DTSTART`; `completion` counts from the day on which the task was completed. */
export interface Recurrence {
  readonly rrule: string;
  readonly anchor: "schedule" | "completion";
}

/** `at` is `HH:MM` on the due day, or a local date-time. */
export type Reminder =
  | { readonly minutesBefore: number }
  | { readonly at: string }
  | { readonly rrule: string; readonly time: string };

/** `dueFrom` and `dueTo` are local dates, both inclusive. */
export interface Filter {
  dueFrom?: string;
  dueTo?: string;
  priority?: Priority;
  tags?: string[];
  status?: "open" | "completed";
  text?: string;
}

export type SpanKind =
  | "verb"
  | "due"
  | "time"
  | "recurrence"
  | "priority"
  | "tag"
  | "deadline"
  | "reminder"
  | "task"
  | "filter";

/** A stretch of the text that was understood, in UTF-16 offsets. Spans are sorted and never overlap. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: SpanKind;
  readonly text: string;
}

/**
 * What a command points at besides one task number: several numbers, a position in the list shown last (`-1` is the
 * last one), or a bare "it". Only the conversation can resolve these, so they are not part of the printed form.
 */
export type Reference =
  | { readonly numbers: readonly string[] }
  | { readonly ordinal: number }
  | { readonly pronoun: true };

/** A field that an update empties ("remove the due date from task 3"), or `completed` for "reopen task 3". */
export type Cleared = "due" | "priority" | "tags" | "deadline" | "recurrence" | "reminder" | "completed";

export interface Understanding {
  intent: Intent;
  /** The rest of the text, word for word. For an update: the new title. */
  title?: string;
  /** Local date `2026-11-19` or minute `2026-11-19T09:00`. */
  due?: string;
  priority?: Priority;
  /** Without their sigil, in the order said, each once. */
  tags?: string[];
  /** Local date. */
  deadline?: string;
  recurrence?: Recurrence;
  reminder?: Reminder;
  /** The task number as it was said. */
  taskId?: string;
  filter?: Filter;
  /** True for every delete and for every change of more than one task; absent otherwise. */
  requiresApproval?: true;
  reference?: Reference;
  clears?: Cleared[];
  /** "postpone task 4 by 2 days": counted from that task's own due date, which is not known here. */
  postponeBy?: {
    readonly count: number;
    readonly unit: "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year";
  };
  spans: Span[];
}

export interface UnderstandOptions {
  /** ISO 8601 instant with offset or `Z`, e.g. `2026-11-18T10:00:00+01:00`. */
  readonly now: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
  /** Stretches of the text that are to be read as plain words: highlights that were clicked away. */
  readonly ignore?: readonly { readonly start: number; readonly end: number }[];
}
