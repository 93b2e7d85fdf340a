"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useLayoutEffect } from "react";
import type { VirtualizerProps } from "./placement.ts";

const ROW_PIXELS = 62;
const HEADING_PIXELS = 44;
/** Rows before the end at which more are asked for: further than a fast thumb scrolls in its round trip. */
const AHEAD = 40;

/** Of any number of rows only those on the screen are there; this one shows nothing and says which. */
export const Virtualizer = memo(function Virtualizer({
  rows,
  scroller,
  reveal,
  onNearEnd,
  onPlace,
}: VirtualizerProps): null {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i]?.kind === "heading" ? HEADING_PIXELS : ROW_PIXELS),
    // Another function has the whole list measured anew: the same one while the rows are the same.
    getItemKey: useCallback((i: number) => rows[i]?.id ?? i, [rows]),
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const height = virtualizer.getTotalSize();
  const last = items.at(-1)?.index ?? 0;

  useLayoutEffect(() => {
    // Before it has seen how high the screen is it knows of none.
    if (items.length > 0) onPlace({ height, items, measure: virtualizer.measureElement });
  }, [items, height, onPlace, virtualizer]);

  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  useEffect(() => {
    reveal.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  }, [reveal, virtualizer]);
  return null;
});
