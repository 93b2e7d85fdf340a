/** What both ways of showing the rows of a list have in common. */
import type { ReactNode, RefObject } from "react";
import type { Row } from "./rows.ts";

export interface RowsProps {
  readonly rows: readonly Row[];
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly busy: boolean;
  readonly render: (row: Row) => ReactNode;
  /** Filled in with what brings a row into view. */
  readonly reveal: RefObject<(index: number) => void>;
  readonly onNearEnd: () => void;
}

export const listClass = "relative mx-auto w-full max-w-3xl transition-opacity aria-busy:opacity-60";
