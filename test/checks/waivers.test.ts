import { describe, expect, test } from "@jest/globals";
import type { Violation } from "#checks/rule";
import { rules } from "#checks/rules";
import { applyWaivers, type Waiver, waivers } from "#checks/waivers";

const violation = (changes: Partial<Violation> = {}): Violation => ({
  rule: "container-probes",
  severity: "error",
  environment: "dev",
  resource: "todo-apps/Deployment/tasks",
  origin: "services.tasks",
  problem: "container tasks has no readinessProbe",
  remedy: "Give one",
  ...changes,
});

const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  rule: "container-probes",
  resource: "todo-apps/Deployment/tasks",
  reason: "test",
  ...changes,
});

describe("waivers", () => {
  test("cover one rule on one resource", () => {
    const others = [violation({ rule: "other-rule" }), violation({ resource: "todo-apps/Deployment/chat" })];
    expect(applyWaivers([violation(), ...others], ["dev"], [waiver()])).toEqual(others);
  });

  test("cover what a star stands for, and take every other character for itself", () => {
    expect(applyWaivers([violation()], ["dev"], [waiver({ resource: "*/Deployment/*" })])).toEqual([]);
    expect(applyWaivers([violation()], ["dev"], [waiver({ resource: "todo.apps/Deployment/tasks" })])).toHaveLength(2);
  });

  test("are violations themselves once they cover nothing", () => {
    expect(applyWaivers([], ["dev"], [waiver()])).toEqual([
      expect.objectContaining({
        rule: "waiver-used",
        severity: "error",
        resource: "todo-apps/Deployment/tasks",
        origin: "src/checks/waivers.ts",
        problem: "nothing violates container-probes there",
      }),
    ]);
  });

  test("of other environments cover nothing here and say nothing of themselves", () => {
    const elsewhere = waiver({ environments: ["staging"] });
    expect(applyWaivers([violation()], ["dev"], [elsewhere])).toEqual([violation()]);
    expect(applyWaivers([], ["staging"], [elsewhere])).toHaveLength(1);
  });

  test("name rules that exist and say why", () => {
    for (const { rule, reason } of waivers) {
      expect(rules.map(({ id }) => id)).toContain(rule);
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
