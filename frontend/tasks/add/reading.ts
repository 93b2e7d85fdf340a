/** What quick add makes of a text: the task that it would become, and the stretches that were understood. */
import type { NewTask } from "#contracts/http/tasks";
import type { Span, Understanding } from "#understanding/types";
import { understand } from "#understanding/understand";

export interface Region {
  readonly start: number;
  readonly end: number;
}

export interface AddReading {
  /** Without a title there is nothing to add yet. */
  readonly task: NewTask | undefined;
  readonly spans: readonly Span[];
}

/** Every command word that is in the way costs one more reading. */
const MOST_READINGS = 4;

/** Here everything is something to add: "complete the report" is a title, where the assistant would look for a report. */
export function readAsTask(text: string, timeZone: string, ignored: readonly Region[]): AddReading {
  const now = new Date().toISOString();
  const ignore = [...ignored];
  for (let reading = 1; reading <= MOST_READINGS; reading++) {
    const understood = understand(text, { now, timeZone, ignore });
    if (understood.intent === "add_task") return { task: taskOf(understood, timeZone), spans: understood.spans };
    const verbs = understood.spans.filter(({ kind }) => kind === "verb");
    if (verbs.length === 0) break;
    ignore.push(...verbs);
  }
  const title = text.trim();
  return { task: title === "" ? undefined : { title, timeZone }, spans: [] };
}

function taskOf(understood: Understanding, timeZone: string): NewTask | undefined {
  const { title, due, priority, tags, deadline, recurrence, reminder } = understood;
  if (title === undefined) return undefined;
  return {
    title,
    timeZone,
    ...(due ? { due } : {}),
    ...(priority ? { priority } : {}),
    ...(tags ? { tags: [...tags] } : {}),
    ...(deadline ? { deadline } : {}),
    ...(recurrence ? { recurrence } : {}),
    ...(reminder ? { reminder } : {}),
  };
}
