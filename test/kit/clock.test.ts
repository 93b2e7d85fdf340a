import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { countingIds, derivedId, manualClock, randomIds } from "#kit/clock";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([57])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("ids", () => {
  it("are UUIDs of version 7 that sort by their time and hold it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (time) => {
        const id = randomIds(manualClock(new Date(Math.min(time, 8.64e15)))).next();
        expect(UUID.exec(id)?.[1]).toBe("7");
        expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(time);
      }),
    );
  });

  it("never repeat", () => {
    const ids = randomIds(manualClock("2026-11-18T10:00:00Z"));
    expect(new Set(Array.from({ length: 10_000 }, () => ids.next())).size).toBe(10_000);
  });

  it("of a test count up", () => {
    const ids = countingIds();
    expect([ids.next(), ids.next()]).toEqual([
      "00000000-0000-7000-8000-000000000001",
      "00000000-0000-7000-8000-000000000002",
    ]);
  });

  it("that are derived are the same for the same name, as RFC 9562's own example", () => {
    const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    expect(derivedId(dns, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    expect(derivedId(dns, "a")).not.toBe(derivedId(dns, "b"));
    expect(() => derivedId("no uuid", "a")).toThrow('"no uuid" is no UUID');
  });
});

describe("a manual clock", () => {
  it("moves only when it is moved", () => {
    const clock = manualClock("2026-11-18T10:00:00Z");
    clock.advance(1_500);
    expect(clock.now().toISOString()).toBe("2026-11-18T10:00:01.500Z");
    clock.set("2027-01-01T00:00:00Z");
    expect(clock.now().toISOString()).toBe("2027-01-01T00:00:00.000Z");
  });
});
