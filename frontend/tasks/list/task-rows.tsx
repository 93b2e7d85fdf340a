/** The rows of a list: the first of them as the server renders them, and those on the screen once there is code to tell which. */
import { useState } from "react";
import { useIdleComponent } from "@/components/late/use-idle-component";
import { text } from "@/text";
import { type PlacedRow, type Placement, placedAgain, type TaskRowsProps } from "./placement.ts";
import type { Row } from "./rows.ts";

/** More than fit on a screen, few enough to render at once. */
const FIRST = 20;

/** Comes after the first rows are to be seen. */
const loadVirtualizer = () => import("./virtualizer.tsx").then((m) => m.Virtualizer);
const VIRTUALIZER_WITHIN_MS = 500;

/**
 * Where rows are is a property of theirs and nothing else: the same elements stay when the virtualizer comes, with the focus that
 * is in them.
 */
export function TaskRows({ rows, scroller, busy, render, reveal, onNearEnd }: TaskRowsProps) {
  const Virtualizer = useIdleComponent(loadVirtualizer, VIRTUALIZER_WITHIN_MS);
  const [placement, setPlacement] = useState<Placement>();
  const shown = placement ? placedAgain(placement, rows) : first(rows);
  return (
    <>
      {Virtualizer && (
        <Virtualizer rows={rows} scroller={scroller} reveal={reveal} onNearEnd={onNearEnd} onPlace={setPlacement} />
      )}
      <ul
        aria-label={text.tasks.list}
        aria-busy={busy}
        className="relative mx-auto w-full max-w-3xl transition-opacity aria-busy:opacity-60"
        style={placement && { height: placement.height }}
      >
        {shown.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <li
                key={row.id}
                data-index={index}
                ref={placement?.measure}
                className={start === undefined ? undefined : "absolute top-0 left-0 w-full"}
                style={start === undefined ? undefined : { transform: `translateY(${start}px)` }}
              >
                {render(row)}
              </li>
            )
          );
        })}
      </ul>
    </>
  );
}

const first = (rows: readonly Row[]): PlacedRow[] =>
  rows.slice(0, FIRST).map((_, index) => ({ index, start: undefined }));
