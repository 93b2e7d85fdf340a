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

/**
 * Records while `act` runs, in which the page sets its marks.
 * @returns milliseconds that the main thread had a processor between a mark and the next one, without the last mark
 */
export async function workBetweenMarks(page: Page, act: () => Promise<void>): Promise<number[]> {
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

function between(events: readonly TraceEvent[]): number[] {
  const marks = events.filter(({ name }) => name.startsWith(MARK)).sort((a, b) => a.ts - b.ts);
  const [first] = marks;
  if (!first) throw new Error("the page set no marks");
  const { pid, tid } = first;
  const tasks = events.filter((one) => one.pid === pid && one.tid === tid && one.ph === "X" && one.name === "RunTask");
  return marks.slice(0, -1).map(({ ts }, i) => {
    const until = marks[i + 1]?.ts ?? ts;
    const micros = tasks
      .filter((task) => task.ts + (task.dur ?? 0) > ts && task.ts < until)
      .reduce((all, { dur = 0, tdur = dur }) => all + tdur, 0);
    return micros / 1_000;
  });
}
