/** An answer as the things that it shows. */
import type { Notice } from "#contracts/http/chat";
import { approvalIdOf, isTool, type Part, type ToolPart } from "./messages.ts";
import { linesOf, withoutSaid } from "./said.ts";

/** A paragraph, a card, or a note: one thing that an answer shows, in its order. */
export type Block =
  | { readonly kind: "text"; readonly key: string; readonly text: string }
  | { readonly kind: "tool"; readonly key: string; readonly part: ToolPart }
  /** Calls that are decided together. */
  | { readonly kind: "approval"; readonly key: string; readonly id: string; readonly parts: readonly ToolPart[] }
  | { readonly kind: "notice"; readonly key: string; readonly notice: Notice };

/** Whether a call still waits for its decision, or for what comes of it. */
const isUndecided = ({ state }: ToolPart): boolean => state === "approval-requested" || state === "approval-responded";

/** @param parts of one answer */
export function blocksOf(parts: readonly Part[]): readonly Block[] {
  const blocks: Block[] = [];
  const asked = new Set<string>();
  const said = linesOf(parts.filter(isTool));
  for (const [index, part] of parts.entries()) {
    if (part.type === "text") {
      const text = withoutSaid(part.text, said);
      if (text.trim() !== "") blocks.push({ kind: "text", key: `text ${index}`, text });
    } else if (part.type === "data-notice") {
      blocks.push({ kind: "notice", key: `notice ${index}`, notice: part.data });
    } else if (isTool(part)) {
      const id = approvalIdOf(part);
      if (id === undefined || !isUndecided(part)) {
        blocks.push({ kind: "tool", key: part.toolCallId, part });
      } else if (!asked.has(id)) {
        asked.add(id);
        const together = parts.filter(isTool).filter((other) => approvalIdOf(other) === id && isUndecided(other));
        blocks.push({ kind: "approval", key: id, id, parts: together });
      }
    }
  }
  return blocks;
}
