"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Ban, Check, LoaderCircle, TriangleAlert, Undo2 } from "lucide-react";
import { useState } from "react";
import type { ToolOutput } from "#contracts/http/chat";
import { API, request } from "@/api/client";
import { keys } from "@/api/keys";
import { wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";
import { outputOf, type ToolPart } from "./message-types.ts";

const words = text.chat;

/** In their order; a step that fails leaves the later ones undone, and says so. */
async function takeBack(steps: ToolOutput["undo"]): Promise<void> {
  for (const { method, path, body, version } of steps) {
    await request(`${API}${path}`, {
      method,
      headers: {
        ...(body ? { "content-type": "application/json" } : {}),
        ...(version ? { "if-match": `"${version}"` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}

/** One thing that the assistant did: what it was in words, and the way back. */
export function ToolCard({ part }: { readonly part: ToolPart }) {
  const client = useQueryClient();
  const [undo, setUndo] = useState<"possible" | "running" | "done">("possible");
  const output = part.state === "output-available" ? outputOf(part) : undefined;
  const steps = output?.undo ?? [];
  const run = async (): Promise<void> => {
    setUndo("running");
    try {
      await takeBack(steps);
      setUndo("done");
    } catch (error) {
      setUndo("possible");
      showToast({ kind: "error", title: words.undoFailed, detail: wordsFor(error) });
    }
    void client.invalidateQueries({ queryKey: keys.tasks.all });
  };
  return (
    <div className="flex min-h-10 items-center gap-2.5 rounded-xl border border-line bg-surface px-3 py-1.5 text-sm">
      <StateIcon part={part} />
      <p className="min-w-0 flex-1 break-words">{lineOf(part, output)}</p>
      {steps.length > 0 && undo !== "done" && (
        <Button size="small" look="quiet" disabled={undo === "running"} onClick={() => void run()}>
          <Undo2 aria-hidden className="size-4" />
          {words.undo}
        </Button>
      )}
      {undo === "done" && <span className="text-[13px] text-ink-faint">{words.undone}</span>}
    </div>
  );
}

function lineOf(part: ToolPart, output: ToolOutput | undefined): string {
  const name = part.title ?? part.toolName;
  if (output) return output.summary;
  if (part.state === "output-error") return `${name}: ${words.failed}`;
  if (part.state === "output-denied") return `${name}: ${words.denied}`;
  return part.state === "output-available" ? name : words.running(name);
}

function StateIcon({ part }: { readonly part: ToolPart }) {
  if (part.state === "output-available") return <Check aria-hidden className="size-4 shrink-0 text-good" />;
  if (part.state === "output-error") return <TriangleAlert aria-hidden className="size-4 shrink-0 text-danger" />;
  if (part.state === "output-denied") return <Ban aria-hidden className="size-4 shrink-0 text-ink-faint" />;
  return <LoaderCircle aria-hidden className="size-4 shrink-0 text-ink-faint motion-safe:animate-spin" />;
}
