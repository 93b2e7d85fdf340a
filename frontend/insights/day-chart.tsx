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

/** Two bars a day. The table below says the same to who does not see them. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const most = Math.max(1, ...days.flatMap(({ created, completed }) => [created, completed]));
  const step = WIDTH / Math.max(1, days.length);
  const bar = (step * (1 - GAP)) / 2;
  const height = (n: number): number => (n / most) * (HEIGHT - 12);
  return (
    <figure className="flex flex-col gap-2">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={words.chart}
        className="h-44 w-full"
        preserveAspectRatio="none"
      >
        <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className="stroke-line" />
        {days.map(({ date, created, completed }, index) => {
          const x = index * step + (step * GAP) / 2;
          return (
            <g key={date}>
              <rect
                x={x}
                y={HEIGHT - height(created)}
                width={bar}
                height={height(created)}
                rx="1.5"
                className="fill-line-strong"
              />
              <rect
                x={x + bar}
                y={HEIGHT - height(completed)}
                width={bar}
                height={height(completed)}
                rx="1.5"
                className="fill-accent"
              />
            </g>
          );
        })}
      </svg>
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
