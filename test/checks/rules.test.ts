import { describe, expect, test } from "@jest/globals";
import { rules } from "#checks/rules";
import { environments } from "#environments";
import { daprFaults, resiliencyFaults, topicFaults } from "./faults/dapr.ts";
import {
  accessFaults,
  argocdFaults,
  capacityFaults,
  metadataFaults,
  networkFaults,
  referenceFaults,
  secretFaults,
} from "./faults/platform.ts";
import { availabilityFaults, podFaults } from "./faults/pods.ts";
import { edited, type Fault, findings, realRendering } from "./support.ts";

const faults: readonly Fault[] = [
  ...podFaults,
  ...availabilityFaults,
  ...daprFaults,
  ...resiliencyFaults,
  ...topicFaults,
  ...referenceFaults,
  ...metadataFaults,
  ...argocdFaults,
  ...networkFaults,
  ...secretFaults,
  ...accessFaults,
  ...capacityFaults,
];

describe("the rules", () => {
  test("each have a fault that they find", () => {
    expect(rules.map(({ id }) => id).filter((id) => !faults.some(({ rule }) => rule === id))).toEqual([]);
  });

  test("have ids of their own, a reason and a remedy", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, reason, remedy } of rules) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(reason).toMatch(/^[A-Za-z].*\.$/);
      expect(remedy).toMatch(/^[A-Z].*[^.]$/);
    }
  });

  test.each(faults)("$rule finds $fault", ({ rule, edits, says, in: name = "staging", around }) => {
    const sound = realRendering(name);
    const before = new Set(findings(rule, sound));
    const found = findings(rule, edited(sound, edits, around)).filter((finding) => !before.has(finding));
    expect(found.length).toBeGreaterThan(0);
    expect(found).toContainEqual(expect.stringMatching(says));
  });
});

describe.each(Object.keys(environments) as (keyof typeof environments)[])("the rendering of %s", (name) => {
  test.each(rules.filter(({ severity }) => severity === "error"))("passes $id", ({ id }) => {
    expect(findings(id, realRendering(name))).toEqual([]);
  });
});
