import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { movedRegions } from "../../frontend/tasks/add/regions.ts";

describe("a stretch that was clicked away", () => {
  it("moves with its words when something is typed before it", () => {
    expect(movedRegions([{ start: 4, end: 10 }], "buy friday", "buy the friday")).toEqual([{ start: 8, end: 14 }]);
  });

  it("stays when something is typed after it", () => {
    expect(movedRegions([{ start: 4, end: 10 }], "buy friday", "buy friday beer")).toEqual([{ start: 4, end: 10 }]);
  });

  it("ends when its own words change", () => {
    expect(movedRegions([{ start: 4, end: 10 }], "buy friday", "buy fri")).toEqual([]);
  });

  it("always holds the words that it held", () => {
    const edit = fc.record({
      text: fc.string({ maxLength: 30 }),
      at: fc.nat(30),
      remove: fc.nat(10),
      insert: fc.string({ maxLength: 10 }),
      from: fc.nat(30),
      length: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(edit, ({ text, at, remove, insert, from, length }) => {
        const start = Math.min(from, text.length);
        const end = Math.min(start + length, text.length);
        const after = text.slice(0, at) + insert + text.slice(at + remove);
        for (const moved of movedRegions(end > start ? [{ start, end }] : [], text, after)) {
          expect(after.slice(moved.start, moved.end)).toBe(text.slice(start, end));
        }
      }),
    );
  });
});
