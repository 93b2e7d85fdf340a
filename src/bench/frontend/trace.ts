/** The browser's own record of what its main thread did. */
import type { CDPSession, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of that, what the thread had a processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly message?: string } };
}

/** `performance.mark` with such a name begins something that is measured. */
const MARK = "bench:";

/** Milliseconds that the main thread had a processor from a mark on. */
export interface MarkedWork {
  /** Until the next frame was handed over to be shown; undefined where there was none before the next mark. */
  readonly untilDrawn: number | undefined;
  /** Until the next mark: with what the browser did when nobody waited for it. */
  readonly untilNext: number;
}

/**
 * Records while `act` runs, in which the page sets its marks.
 * @returns of every mark but the last
 */
export async function workBetweenMarks(page: Page, act: () => Promise<void>): Promise<MarkedWork[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: [
        "devtools.timeline",
        "disabled-by-default-devtools.timeline",
        "blink.user_timing",
        "__metadata",
      ],
    },
  });
  await act();
  await ended(session);
  return between(events);
}

async function ended(session: CDPSession): Promise<void> {
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  await session.send("Tracing.end");
  await complete;
  await session.detach();
}

function between(events: readonly TraceEvent[]): MarkedWork[] {
  const marks = events.filter(({ name }) => name.startsWith(MARK)).sort((a, b) => a.ts - b.ts);
  const [first] = marks;
  if (!first) throw new Error("the page set no marks");
  const { pid, tid } = first;
  const named = (name: string): TraceEvent[] =>
    events.filter((one) => one.pid === pid && one.tid === tid && one.ph === "X" && one.name === name);
  const [tasks, commits] = [named("RunTask"), named("Commit")];
  const work = (from: number, until: number): number => {
    const done = tasks.filter((task) => task.ts + (task.dur ?? 0) > from && task.ts < until);
    return done.reduce((all, { dur = 0, tdur = dur }) => all + tdur, 0) / 1_000;
  };
  return marks.slice(0, -1).map(({ ts }, i) => {
    const next = marks[i + 1]?.ts ?? ts;
    const drawn = Math.min(
      ...commits.filter((commit) => commit.ts > ts && commit.ts < next).map((commit) => commit.ts),
    );
    return { untilDrawn: drawn < next ? work(ts, drawn) : undefined, untilNext: work(ts, next) };
  });
}
