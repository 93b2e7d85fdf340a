import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { auditedTypes } from "#contracts/http/audit";
import { auditService, NOW, taskOf } from "./support.ts";

const { newUser, request, tell } = auditService();

const MARKER = "property-of-victoria";

const instants = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") })
    .map((date) => date.toISOString()),
  fc.constantFrom("0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-02-30T00:00:00Z", NOW),
);

const junk = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("0", "-1", "1e3", "NaN", "null", "[]"));

const cursors = fc
  .tuple(fc.string(), fc.oneof(instants, junk), fc.oneof(fc.maxSafeInteger(), fc.double(), junk))
  .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url"));

const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  type: fc.constantFrom(...auditedTypes),
  taskId: fc.uuid(),
  from: instants,
  to: instants,
  limit: fc.integer({ min: -1, max: 101 }).map(String),
  cursor: cursors,
  days: fc.integer({ min: -1, max: 400 }).map(String),
  unknown: junk,
};

const parameter = fc
  .constantFrom(...Object.keys(values))
  .chain((name) => fc.tuple(fc.constant(name), fc.oneof({ arbitrary: values[name] ?? junk, weight: 8 }, junk)));

describe("every operation", () => {
  const mallory = newUser();
  beforeAll(async () => {
    for (let i = 0; i < 5; i++) {
      await tell("created", taskOf({ title: MARKER }), { user: "victoria" });
      await tell("created", taskOf(), { user: mallory });
    }
  });

  it("answers any query with what its contract says, and with nothing of anybody else", async () => {
    const paths = fc.constantFrom("/v1/audit/events", "/v1/statistics", "/v1/audit/verification", "/v1/export");
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "Asia/Kathmandu",
      "Pacific/Apia",
      "+05:30",
      "UTC",
      "africa/casablanca",
    );
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(paths, fc.array(parameter, { maxLength: 3 }), zones, async (path, query, zone) => {
        const response = await request(`${path}?${new URLSearchParams(query)}`, mallory, zone);
        const text = await response.text();
        statuses.add(response.status);
        if (response.status >= 500) throw new Error(`${path}?${new URLSearchParams(query)} was answered with ${text}`);
        expect(text).not.toContain(MARKER);
      }),
      { numRuns: 400 },
    );
    expect([...statuses].sort()).toEqual([200, 400]);
  }, 60_000);
});
