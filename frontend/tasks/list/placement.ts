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
  /** Of the whole list, in pixels. */
  readonly height: number;
  /** `start`: pixels below the list's beginning. */
  readonly items: readonly { readonly index: number; readonly start: number | undefined }[];
  /** To be told of every row's element, whose height it watches. */
  readonly measure: (element: HTMLElement | null) => void;
}
