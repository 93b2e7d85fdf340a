import { describe, expect, it } from "@jest/globals";
import { isMet, type Measurement } from "../../src/bench/engines/compare.ts";
import { tableOf } from "../../src/bench/engines/report.ts";
import { rateOf, ratioOf, type Turn, timeOf } from "../../src/bench/engines/statistics.ts";
import { quantileOf } from "../../src/bench/quantiles.ts";

const turn = (rate: number, ...times: number[]): Turn => ({ rate, times });

describe("what a run of the benchmark says", () => {
  it("reads quantiles of values in any order", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantileOf(values, 0.5), quantileOf(values, 0.99), quantileOf([7], 0.99)]).toEqual([51, 100, 7]);
    expect(quantileOf([], 0.5)).toBeNaN();
  });

  it("compares the middle of all turns and says how far single rounds were apart", () => {
    const turns = { product: [turn(50), turn(90), turn(80)], bare: [turn(100), turn(100), turn(200)] };
    expect(ratioOf(turns, rateOf)).toEqual({ product: 80, bare: 100, ratio: 0.8, range: [0.4, 0.9] });
  });

  it("takes times of all turns together, so that a slow turn shows in the tail", () => {
    const turns = { product: [turn(1, 1, 1, 1), turn(1, 1, 1, 40)], bare: [turn(1, 2, 2, 2), turn(1, 2, 2, 2)] };
    expect(ratioOf(turns, timeOf(0.99)).ratio).toBe(20);
    expect(ratioOf(turns, timeOf(0.5)).ratio).toBe(0.5);
  });

  it.each([
    ["at most", 1.5, 1.5, true],
    ["at most", 1.5, 1.51, false],
    ["at least", 0.8, 0.8, true],
    ["at least", 0.8, 0.79, false],
    // What could not be measured is not met.
    ["at least", 0.8, Number.NaN, false],
  ] as const)("a goal of %s %d is for a ratio of %d: %s", (kind, goal, ratio, met) => {
    expect(isMet({ ...measurement, goal: { kind, ratio: goal }, ratio })).toBe(met);
  });

  it("begins each line of the table with the ratio, then its goal", () => {
    const missed: Measurement = { ...measurement, goal: { kind: "at least", ratio: 0.8 } };
    const lines = tableOf([missed, { ...measurement, what: "for orientation" }]).split("\n");
    expect(lines[1]).toBe("events");
    expect(lines[3]).toMatch(/^ +0\.50 +0\.40 to 0\.60 +>= 0\.8 MISSED +50\.0 \/s +100 \/s +10 at once$/);
    expect(lines[4]).toMatch(/^ +0\.50 +0\.40 to 0\.60 +50\.0 \/s +100 \/s +for orientation$/);
  });
});

const measurement: Measurement = {
  group: "events",
  what: "10 at once",
  unit: "/s",
  product: 50,
  bare: 100,
  ratio: 0.5,
  range: [0.4, 0.6],
};
