import { describe, expect, it } from "@jest/globals";
import { type Placement, placedAgain } from "../../frontend/tasks/list/placement.ts";
import type { Row } from "../../frontend/tasks/list/rows.ts";

const rowsOf = (...ids: string[]): Row[] => ids.map((id) => ({ kind: "heading", id, title: id }));
const placed = (rows: readonly Row[], from: number, to: number): Placement => ({
  rows,
  height: rows.length * 60,
  items: rows.slice(from, to).map((_, i) => ({ index: from + i, start: (from + i) * 60 })),
  measure: () => undefined,
});
const shownOf = (placement: Placement, rows: readonly Row[]) =>
  placedAgain(placement, rows).map(({ index, start }) => [rows[index]?.id, start]);

describe("rows of another list than the one that was placed", () => {
  const rows = rowsOf("a", "b", "c", "d");

  it("are where they were, whatever came before them", () => {
    expect(shownOf(placed(rows, 0, 4), rowsOf("new", "a", "b", "c", "d"))).toEqual([
      ["a", 0],
      ["b", 60],
      ["c", 120],
      ["d", 180],
    ]);
  });

  it("come in their new order, without those that left", () => {
    expect(shownOf(placed(rows, 0, 4), rowsOf("d", "a", "c"))).toEqual([
      ["d", 180],
      ["a", 0],
      ["c", 120],
    ]);
  });

  it("are those alone that were on the screen", () => {
    expect(shownOf(placed(rows, 1, 3), rowsOf("x", "a", "b", "c", "d"))).toEqual([
      ["b", 60],
      ["c", 120],
    ]);
  });
});
