import { availabilityRules } from "./availability-rules.ts";
import { containerRules } from "./container-rules.ts";
import { imageRules } from "./image-rules.ts";
import { podSecurityRules } from "./pod-security-rules.ts";
import type { Rule } from "./rule.ts";

/** They speak of charts that are not rendered yet, and only warn until they are. */
const ahead: ReadonlySet<string> = new Set(["pod-security-restricted"]);

const all: readonly Rule[] = [...imageRules, ...podSecurityRules, ...containerRules, ...availabilityRules];

/** Every rule, in the order in which `npm run check -- --list` prints them. */
export const rules: readonly Rule[] = all.map((rule) => (ahead.has(rule.id) ? { ...rule, severity: "warning" } : rule));
