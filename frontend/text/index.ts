/** The words on the screen. Another language is another file of the same shape, chosen here. */

export type { Text } from "./en.ts";
export { en as text } from "./en.ts";
