/** Findings that are accepted, each with its reason, and the check that none of them has become useless. */
import type { Violation } from "./rule.ts";

export interface Waiver {
  /** Id of the rule. */
  readonly rule: string;
  /** `namespace/Kind/name`, as violations name resources; `*` stands for any characters. */
  readonly resource: string;
  /** Absent: in every environment. */
  readonly environments?: readonly string[];
  readonly reason: string;
}

export const waivers: readonly Waiver[] = [];

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

const pattern = (resource: string): RegExp => new RegExp(`^${resource.split("*").map(escaped).join(".*")}$`);

const covers = ({ rule, resource, environments }: Waiver, violation: Violation): boolean =>
  violation.rule === rule &&
  (environments?.includes(violation.environment) ?? true) &&
  pattern(resource).test(violation.resource);

/**
 * Leaves out what is waived, and adds each waiver that covers nothing: it would hide what it once excused when that
 * comes back.
 * @param checked environments that were checked: a waiver for others alone says nothing
 */
export function applyWaivers(
  violations: readonly Violation[],
  checked: readonly string[],
  waived: readonly Waiver[] = waivers,
): Violation[] {
  const unused = waived
    .filter(({ environments }) => environments?.some((name) => checked.includes(name)) ?? true)
    .filter((waiver) => !violations.some((violation) => covers(waiver, violation)));
  return [
    ...violations.filter((violation) => !waived.some((waiver) => covers(waiver, violation))),
    ...unused.map(
      ({ rule, resource, environments }): Violation => ({
        rule: "waiver-used",
        severity: "error",
        environment: environments?.join(", ") ?? "every environment",
        resource,
        origin: "src/checks/waivers.ts",
        problem: `nothing violates ${rule} there`,
        remedy: "Remove the waiver",
      }),
    ),
  ];
}
