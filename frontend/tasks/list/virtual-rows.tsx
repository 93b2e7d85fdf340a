"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect } from "react";
import { text } from "@/text";
import { listClass, type RowsProps } from "./rows-props.ts";

const ROW_PIXELS = 62;
const HEADING_PIXELS = 44;
/** Rows before the end at which more are asked for: further than a fast thumb scrolls in its round trip. */
const AHEAD = 40;

/** Of any number of rows only those on the screen are there. */
export function VirtualRows({ rows, scroller, busy, render, reveal, onNearEnd }: RowsProps) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === "heading" ? HEADING_PIXELS : ROW_PIXELS),
    getItemKey: (i) => rows[i]?.id ?? i,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  useEffect(() => {
    reveal.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  }, [reveal, virtualizer]);

  return (
    <ul
      aria-label={text.tasks.list}
      aria-busy={busy}
      className={listClass}
      style={{ height: virtualizer.getTotalSize() }}
    >
      {items.map(({ index, key, start }) => {
        const row = rows[index];
        return (
          row && (
            <li
              key={key}
              data-index={index}
              ref={virtualizer.measureElement}
              className="absolute top-0 left-0 w-full"
              style={{ transform: `translateY(${start}px)` }}
            >
              {render(row)}
            </li>
          )
        );
      })}
    </ul>
  );
}
