/** What a card says already is not said again beneath it: some models repeat what their tools answered, the offline one always. */
import { descriptorOf, outputOf, type ToolPart } from "./messages.ts";

/** What cards show: of each its line, and of each open question the question. */
export const linesOf = (parts: readonly ToolPart[]): readonly string[] =>
  parts.flatMap((part) => {
    const output = outputOf(part);
    const descriptor = descriptorOf(part);
    return [
      ...(output && !("tasks" in output.result) ? [output.summary] : []),
      ...(descriptor ? [`${descriptor.summary}? That waits for your approval`] : []),
    ];
  });

/** The number to name a task by stands in its card, too. */
const NUMBER = /^\s*\((?:task \d*\)?|[task ]*$)/;

function unsaid(line: string, lines: readonly string[]): string {
  if (line.length > 3 && lines.some((said) => said.startsWith(line))) return "";
  const said = lines.find((one) => line.startsWith(one));
  const rest = said === undefined ? line : line.slice(said.length);
  // More about the same, such as which tasks they were.
  if (said === undefined || /^\s*[:,\p{L}\p{N}]/u.test(rest)) return line;
  const left = rest.replace(NUMBER, "").replace(/^[.\s]+/, "");
  return left === "" ? "" : unsaid(left, lines);
}

/** @returns what is left of a text beneath cards that say `lines`; whole lines stay or go while it is still being written */
export const withoutSaid = (text: string, lines: readonly string[]): string =>
  lines.length === 0
    ? text
    : text
        .split("\n")
        .map((line) => unsaid(line, lines))
        .join("\n");
