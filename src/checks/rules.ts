import { imageRules } from "./image-rules.ts";
import type { Rule } from "./rule.ts";

/** Every rule, in the order in which `npm run check -- --list` prints them. */
export const rules: readonly Rule[] = [...imageRules];
