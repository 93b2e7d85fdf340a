import { shortDay } from "@/tasks/words";
import { text } from "@/text";

const words = text.insights;

export interface Day {
  readonly date: string;
  readonly created: number;
  readonly completed: number;
}

const WIDTH = 720;
const HEIGHT = 180;
const GAP = 0.28;
/** Days between two dates below the bars: as many as a phone has room for. */
const DATE_EVERY = 7;

/** Even, so that the line in the middle stands for a whole number of tasks. */
const topOf = (most: number): number => Math.max(4, most + (most % 2));

/** Two bars a day. The table below says the same to who does not see them. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const top = topOf(Math.max(0, ...days.flatMap(({ created, completed }) => [created, completed])));
  const step = WIDTH / Math.max(1, days.length);
  const bar = (step * (1 - GAP)) / 2;
  const height = (n: number): number => (n / top) * HEIGHT;
  const today = days.at(-1)?.date ?? "";
  return (
    <figure className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5 text-xs text-ink-faint tabular-nums">
        <div aria-hidden className="flex h-44 flex-col justify-between text-right leading-none">
          {[top, top / 2, 0].map((n) => (
            <span key={n}>{n.toLocaleString(text.language)}</span>
          ))}
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={words.chart}
          className="h-44 w-full overflow-visible"
          preserveAspectRatio="none"
        >
          {[0, HEIGHT / 2, HEIGHT].map((y) => (
            <line
              key={y}
              x1="0"
              x2={WIDTH}
              y1={y}
              y2={y}
              vectorEffect="non-scaling-stroke"
              strokeDasharray={y === HEIGHT ? undefined : "3 4"}
              className={y === HEIGHT ? "stroke-line-strong/60" : "stroke-line"}
            />
          ))}
          {days.map(({ date, created, completed }, index) => {
            const x = index * step + (step * GAP) / 2;
            return (
              <g key={date}>
                <title>{words.day(shortDay(date, today), created, completed)}</title>
                <rect x={index * step} y={0} width={step} height={HEIGHT} className="fill-transparent" />
                <rect
                  x={x}
                  y={HEIGHT - height(created)}
                  width={bar}
                  height={height(created)}
                  className="fill-line-strong"
                />
                <rect
                  x={x + bar}
                  y={HEIGHT - height(completed)}
                  width={bar}
                  height={height(completed)}
                  className="fill-accent"
                />
              </g>
            );
          })}
        </svg>
        <div aria-hidden className="col-start-2 flex h-4">
          {days.map(({ date }, index) => (
            <span key={date} className="relative min-w-0 flex-1">
              {(days.length - 1 - index) % DATE_EVERY === 0 && (
                <span className="absolute right-0 whitespace-nowrap">{shortDay(date, today)}</span>
              )}
            </span>
          ))}
        </div>
      </div>
      <figcaption className="flex flex-wrap gap-4 text-[13px] text-ink-soft">
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 rounded-xs bg-line-strong" />
          {words.created}
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 rounded-xs bg-accent" />
          {words.completed}
        </span>
      </figcaption>
    </figure>
  );
}
