"use client";
import { Ban, Check, ListChecks, LoaderCircle, TriangleAlert, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { text } from "@/text";
import { descriptorOf, outputOf, type ToolPart } from "./data/messages.ts";
import { useUndo } from "./data/undo.ts";

const words = text.chat;

/** One thing that the assistant did: what it was in words, and the way back. */
export function ToolCard({ part, isOver }: { readonly part: ToolPart; readonly isOver: boolean }) {
  const steps = outputOf(part)?.undo ?? [];
  const undo = useUndo(part.toolCallId, steps);
  const number = numberOf(part);
  return (
    <div className="flex min-h-10 items-center gap-2.5 rounded-xl border border-line bg-surface px-3 py-1.5 text-sm">
      {iconOf(part, isOver)}
      <p className="min-w-0 flex-1 break-words">
        {lineOf(part, isOver)}
        {number !== undefined && <span className="pl-2 text-ink-faint tabular-nums">{text.tasks.number(number)}</span>}
      </p>
      {steps.length > 0 && undo.state !== "done" && (
        <Button
          size="small"
          look="quiet"
          disabled={undo.state === "running"}
          aria-label={words.undoOf(lineOf(part, isOver))}
          onClick={undo.run}
        >
          <Undo2 aria-hidden className="size-4" />
          {words.undo}
        </Button>
      )}
      <span role="status" className="text-[13px] text-ink-faint empty:hidden">
        {undo.state === "done" && words.undone}
      </span>
    </div>
  );
}

/** By which the task can be named in what is said next. */
const numberOf = (part: ToolPart): number | undefined =>
  (outputOf(part)?.result as { readonly task?: { readonly number?: number } } | undefined)?.task?.number;

const isReading = (part: ToolPart): boolean => {
  const result = outputOf(part)?.result;
  return result !== undefined && "tasks" in result;
};

function lineOf(part: ToolPart, isOver: boolean): string {
  const name = part.title ?? part.toolName;
  const output = outputOf(part);
  if (output) return isReading(part) ? words.lookedUp(output.summary) : output.summary;
  if (part.state === "output-error") return `${name}: ${part.errorText || words.failed}`;
  if (part.state === "output-denied") return words.notDone(descriptorOf(part)?.summary ?? name);
  return isOver ? words.notDone(name) : words.running(name);
}

function iconOf(part: ToolPart, isOver: boolean): ReactNode {
  if (isReading(part)) return <ListChecks aria-hidden className="size-4 shrink-0 text-ink-faint" />;
  if (part.state === "output-available") return <Check aria-hidden className="size-4 shrink-0 text-good" />;
  if (part.state === "output-error") return <TriangleAlert aria-hidden className="size-4 shrink-0 text-danger" />;
  if (part.state === "output-denied" || isOver) return <Ban aria-hidden className="size-4 shrink-0 text-ink-faint" />;
  return <LoaderCircle aria-hidden className="size-4 shrink-0 text-ink-faint motion-safe:animate-spin" />;
}
