import { describe, expect, it } from "@jest/globals";
import { type Fault, faultText, scheduleOf, scheduleWithin } from "../e2e/chaos/schedule.ts";

const DECK = 43;
const kindsOf = (faults: readonly Fault[]): string[] => [...new Set(faults.map(({ kind }) => kind))].sort();

describe("a fault schedule", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(scheduleOf(7, 200)).toEqual(scheduleOf(7, 200));
    expect(scheduleOf(7, 200)).not.toEqual(scheduleOf(8, 200));
  });

  it("begins as a shorter one of the same seed", () => {
    expect(scheduleOf(7, 200).slice(0, 60)).toEqual(scheduleOf(7, 60));
  });

  it("hits the services that were chosen and no other", () => {
    const named = scheduleOf(7, 200, ["audit"]).flatMap((fault) => {
      if ("service" in fault) return fault.service;
      return "process" in fault && "service" in fault.process ? fault.process.service : [];
    });
    expect(new Set(named)).toEqual(new Set(["audit"]));
    expect(() => scheduleOf(7, 1, ["nobody"])).toThrow('no service "nobody" can be hit: choose among gateway');
  });

  it("holds everything that can go wrong within its first minute", () => {
    for (let seed = 0; seed < 50; seed++) {
      const faults = scheduleOf(seed, DECK);
      expect(kindsOf(faults)).toEqual([
        "cut",
        "delay",
        "duplicate",
        "half-open",
        "kill",
        "pause",
        "poison",
        "stale",
        "stall",
        "strike",
      ]);
      const killed = faults.flatMap((fault) => (fault.kind === "kill" ? fault.process.kind : []));
      expect(new Set(killed)).toEqual(new Set(["service", "sidecar", "broker", "database"]));
      const struck = faults.flatMap((fault) => (fault.kind === "strike" ? `${fault.point}, ${fault.victim}` : []));
      expect(struck).toHaveLength(new Set(struck).size);
      expect(struck).toHaveLength(11);
    }
  });

  it("lasts about a minute in the short form", () => {
    for (let seed = 0; seed < 50; seed++) {
      const seconds = scheduleOf(seed, DECK).reduce((sum, { afterMs }) => sum + afterMs, 0) / 1_000;
      expect(seconds).toBeGreaterThan(40);
      expect(seconds).toBeLessThan(85);
    }
  });

  it("pauses for longer than a consumer group's session lasts", () => {
    const pauses = scheduleOf(3, 1_000).flatMap((fault) => (fault.kind === "pause" ? fault.forMs : []));
    expect(Math.min(...pauses)).toBeGreaterThan(10_000);
  });

  it("reaches every service and every connection of it in the long form", () => {
    const faults = scheduleOf(11, 1_032);
    const cut = faults.flatMap((fault) => (fault.kind === "cut" ? `${fault.service} ${fault.link}` : []));
    expect(new Set(cut).size).toBe(7 * 3);
    const killed = faults.flatMap((fault) =>
      fault.kind === "kill" && fault.process.kind === "service" ? fault.process.service : [],
    );
    expect(new Set(killed).size).toBe(7);
    expect(faults.map(({ kind }) => kind)).toHaveLength(1_032);
  });

  it("can be cut off by time instead", () => {
    const within = scheduleWithin(5, 20);
    expect(within).toEqual(scheduleOf(5, within.length));
    expect(within.reduce((sum, { afterMs }) => sum + afterMs, 0)).toBeLessThanOrEqual(20_000);
    expect(scheduleWithin(5, 21).length).toBeGreaterThanOrEqual(within.length);
  });

  it("says each fault in a line", () => {
    const lines = new Set(scheduleOf(1, DECK).map(faultText));
    expect([...lines].every((line) => line.length > 8 && !line.includes("undefined"))).toBe(true);
    expect(lines.size).toBeGreaterThan(30);
  });
});
