"use client";
import { ShieldQuestion } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { text } from "@/text";
import { descriptorOf, type ToolPart } from "./data/messages.ts";

const words = text.chat;

export interface ApprovalCardProps {
  /** Calls that are decided together. */
  readonly parts: readonly ToolPart[];
  /** Something is under way: this decision, or something else. */
  readonly busy: boolean;
  readonly onDecide: (approved: boolean) => void;
}

/** Asks before something that cannot be taken back, and says exactly what it is about, and how long the question holds. */
export function ApprovalCard({ parts, busy, onDecide }: ApprovalCardProps) {
  const [first] = parts;
  const descriptor = first && descriptorOf(first);
  const minutes = useMinutesLeft(descriptor?.expiresAt);
  const hidden = descriptor ? descriptor.count - descriptor.tasks.length : 0;
  // A decision that got lost on the way, with nobody carrying it out, can be given again.
  const said = busy && first?.state === "approval-responded" ? first.approval.approved : undefined;
  const summary = descriptor?.summary ?? first?.title ?? first?.toolName ?? "";
  return (
    <section
      aria-label={words.approvalTitle(summary)}
      className="flex flex-col gap-3 rounded-xl border border-warn bg-warn-soft p-3.5 text-sm"
    >
      <h3 className="flex items-center gap-2 font-semibold">
        <ShieldQuestion aria-hidden className="size-4.5 shrink-0 text-warn" />
        {words.approvalTitle(summary)}
      </h3>
      {descriptor && descriptor.tasks.length > 0 && (
        <ul className="flex flex-col gap-0.5 pl-6.5">
          {descriptor.tasks.map((task) => (
            <li key={task.number} className="break-words">
              {task.title} <span className="text-ink-soft tabular-nums">{text.tasks.number(task.number)}</span>
            </li>
          ))}
          {hidden > 0 && <li className="text-ink-soft">{words.approvalMore(hidden)}</li>}
        </ul>
      )}
      {said !== undefined ? (
        <p role="status" className="flex items-center gap-2 pl-6.5 text-ink-soft">
          <Spinner />
          {said ? words.approving : words.rejecting}
        </p>
      ) : minutes === "over" ? (
        <p className="pl-6.5 text-ink-soft">{words.expired}</p>
      ) : (
        <div className="flex flex-wrap items-center gap-2 pl-6.5">
          <Button look="danger" disabled={busy} onClick={() => onDecide(true)}>
            {words.approve}
          </Button>
          <Button disabled={busy} onClick={() => onDecide(false)}>
            {words.reject}
          </Button>
          {minutes !== undefined && <span className="text-[13px] text-ink-soft">{words.minutesLeft(minutes)}</span>}
        </div>
      )}
    </section>
  );
}

/** @returns undefined on the server, whose clock is not the browser's */
function useMinutesLeft(at: string | undefined): number | "over" | undefined {
  const [left, setLeft] = useState<number | "over">();
  useEffect(() => {
    if (at === undefined) return;
    const until = Date.parse(at);
    const look = (): void => {
      const ms = until - Date.now();
      setLeft(ms <= 0 ? "over" : Math.round(ms / 60_000));
      if (ms <= 0) clearInterval(timer);
    };
    const timer = setInterval(look, 5_000);
    look();
    return () => clearInterval(timer);
  }, [at]);
  return left;
}
