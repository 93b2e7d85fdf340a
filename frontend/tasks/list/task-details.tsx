import { AlarmClock, AlignLeft, Calendar, Flag, Repeat } from "lucide-react";
import type { ReactNode } from "react";
import type { Task } from "#contracts/task";
import { cx } from "@/components/ui/cx";
import { text } from "@/text";
import { localMinute } from "../local-time.ts";
import { shortDay, shortDue } from "../words.ts";

const words = text.tasks;

export interface TaskDetailsProps {
  readonly task: Task;
  /** Milliseconds since 1970, to the minute. */
  readonly now: number;
}

/** Late from the next day on, or from the minute on that it was due. */
export function isOverdue({ due, status, timeZone }: Task, now: number): boolean {
  if (due === null || status === "completed") return false;
  const minute = localMinute(now, timeZone);
  return due.length > 10 ? due < minute : due < minute.slice(0, 10);
}

/** What is to be known of a task beside its title, in one line; nothing where there is nothing. */
export function TaskDetails({ task, now }: TaskDetailsProps) {
  const today = localMinute(now, task.timeZone).slice(0, 10);
  const late = isOverdue(task, now);
  const details: ReactNode[] = [];
  if (task.due !== null) {
    const when = shortDue(task.due, today);
    details.push(
      <Detail key="due" icon={Calendar} label={`${words.due(when)}${late ? `, ${words.overdue}` : ""}`} late={late}>
        {when}
      </Detail>,
    );
  }
  if (task.recurrence) {
    const rhythm = text.sentences.rule(task.recurrence, today);
    details.push(
      <Detail key="recurrence" icon={Repeat} label={words.repeats(rhythm)}>
        {rhythm}
      </Detail>,
    );
  }
  if (task.reminder) {
    const when = text.sentences.reminder(task.reminder, today);
    details.push(
      <Detail key="reminder" icon={AlarmClock} label={words.reminder(when)}>
        {when}
      </Detail>,
    );
  }
  if (task.deadline !== null) {
    const when = shortDay(task.deadline, today);
    details.push(
      <Detail
        key="deadline"
        icon={Flag}
        label={words.deadline(when)}
        late={task.status === "open" && task.deadline < today}
      >
        {when}
      </Detail>,
    );
  }
  if (task.notes !== "") details.push(<Detail key="notes" icon={AlignLeft} label={words.hasNotes} />);
  for (const tag of task.tags) {
    details.push(
      <span key={`#${tag}`} className="max-w-40 truncate">
        #{tag}
      </span>,
    );
  }
  if (details.length === 0) return null;
  return <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-[13px] text-ink-faint">{details}</div>;
}

interface DetailProps {
  readonly icon: typeof Calendar;
  /** For those who do not see the icon. */
  readonly label: string;
  readonly late?: boolean;
  readonly children?: ReactNode;
}

function Detail({ icon: Icon, label, late, children }: DetailProps) {
  return (
    <span className={cx("inline-flex min-w-0 items-center gap-1", late && "text-danger")}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">{label}</span>
      {children && (
        <span aria-hidden className="truncate">
          {children}
        </span>
      )}
    </span>
  );
}
