"use client";
import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { memo, type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import type { VirtualizerProps } from "./placement.ts";
import type { Row } from "./rows.ts";

const ROW_PIXELS = 62;
const HEADING_PIXELS = 44;
/** Rows before the end at which more are asked for: further than a fast thumb scrolls in its round trip. */
const AHEAD = 30;

/** Of any number of rows only those on the screen are there; this one shows nothing and says which. */
export const Virtualizer = memo(function Virtualizer({
  rows,
  scroller,
  reveal,
  onNearEnd,
  onPlace,
}: VirtualizerProps): null {
  const [before] = useState(() => measured(rows, scroller));
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === "heading" ? HEADING_PIXELS : ROW_PIXELS),
    // Another function has the whole list measured anew: the same one while the rows are the same.
    getItemKey: useCallback((i: number) => rows[i]?.id ?? i, [rows]),
    overscan: 8,
    initialMeasurementsCache: before,
  });
  const items = virtualizer.getVirtualItems();
  const height = virtualizer.getTotalSize();
  const last = items.at(-1)?.index ?? 0;

  useLayoutEffect(() => {
    // Before it has seen how high the screen is it knows of none.
    if (items.length > 0) onPlace({ rows, height, items, measure: virtualizer.measureElement });
  }, [rows, items, height, onPlace, virtualizer]);

  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  useEffect(() => {
    reveal.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  }, [reveal, virtualizer]);
  return null;
});

/** How high the rows are that are there already: what is placed by a guess would jump. */
function measured(rows: readonly Row[], scroller: RefObject<HTMLDivElement | null>): VirtualItem[] {
  const items: VirtualItem[] = [];
  for (const element of scroller.current?.querySelectorAll<HTMLElement>("li[data-index]") ?? []) {
    const index = Number(element.dataset.index);
    const row = rows[index];
    if (!row || index !== items.length) break;
    const start = items.at(-1)?.end ?? 0;
    items.push({ index, key: row.id, start, size: element.offsetHeight, end: start + element.offsetHeight, lane: 0 });
  }
  return items;
}
