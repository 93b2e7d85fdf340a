import type { ReactNode, RefObject } from "react";
import type { Row } from "./rows.ts";

interface ListProps {
  readonly rows: readonly Row[];
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Filled in with what brings a row into view. */
  readonly reveal: RefObject<(index: number) => void>;
  readonly onNearEnd: () => void;
}

export interface TaskRowsProps extends ListProps {
  readonly busy: boolean;
  readonly render: (row: Row) => ReactNode;
}

export interface VirtualizerProps extends ListProps {
  /** Called before the screen is painted. */
  readonly onPlace: (placement: Placement) => void;
}

/** Which rows are on the screen, and where. */
export interface Placement {
  /** Of which it speaks. */
  readonly rows: readonly Row[];
  /** Of the whole list, in pixels. */
  readonly height: number;
  readonly items: readonly PlacedRow[];
  /** To be told of every row's element, whose height it watches. */
  readonly measure: (element: HTMLElement | null) => void;
}

export interface PlacedRow {
  readonly index: number;
  /** Pixels below the list's beginning; in the flow of the page where nobody has said so yet. */
  readonly start: number | undefined;
}

/**
 * Where rows are that came after a placement was made, until there is another one, before anybody sees them: what was placed
 * stays, in its new order. By its index it would be another row, or none, and lose the focus and what is written in it.
 */
export function placedAgain({ rows: before, items }: Placement, rows: readonly Row[]): readonly PlacedRow[] {
  if (rows === before) return items;
  const starts = new Map(items.map(({ index, start }) => [before[index]?.id, start]));
  return rows.flatMap(({ id }, index) => (starts.has(id) ? [{ index, start: starts.get(id) }] : []));
}
