import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { addressOf, isFiltered, queryFrom, type TaskQuery } from "../../frontend/tasks/data/query.ts";
import { dueChoiceOf, dueChoices, dueFilter } from "../../frontend/tasks/filters/due-choice.ts";

const day = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
const localDay = day.map((date) => date.toISOString().slice(0, 10));
const given = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const anyQuery = fc
  .record({
    status: fc.constantFrom("open", "completed", "all"),
    sort: fc.constantFrom("due", "-due", "priority", "title", "-updated"),
    text: given(fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() === text && text !== "")),
    priority: given(fc.uniqueArray(fc.constantFrom("p1", "p2", "p3", "p4"), { minLength: 1 }).map((p) => p.sort())),
    tag: given(fc.uniqueArray(fc.stringMatching(/^[a-zäöü&=?%+-]{1,12}$/), { minLength: 1, maxLength: 5 })),
    due: given(fc.constantFrom("any", "none")),
    dueFrom: given(localDay),
    dueTo: given(localDay),
  })
  .map(
    (query) =>
      Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as unknown as TaskQuery,
  );

describe("the address of a list", () => {
  it("gives back every filter that was put into it", () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(queryFrom(new URLSearchParams(addressOf(query)))).toEqual(query);
      }),
    );
  });

  it("reads what it does not know as if it were not there", () => {
    const address = new URLSearchParams("status=lost&sort=up&priority=p9&due=soon&dueFrom=tomorrow&text=%20&page=3");
    expect(queryFrom(address)).toEqual({ status: "open", sort: "due" });
    expect(isFiltered(queryFrom(address))).toBe(false);
  });
});

describe("a choice of when", () => {
  it("is found again in the filter that it made", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dueChoices), localDay, (choice, today) => {
        expect(dueChoiceOf(dueFilter(choice, today), today)).toBe(choice);
      }),
    );
  });

  it("is a range where no other says it", () => {
    expect(dueChoiceOf({ dueFrom: "2026-11-02" }, "2026-11-21")).toBe("range");
  });
});
