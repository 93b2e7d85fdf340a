"use client";
import { ShieldQuestion } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { text } from "@/text";
import type { AskedApproval } from "./message-types.ts";

const words = text.chat;

export interface ApprovalCardProps {
  readonly approval: AskedApproval;
  /** Of the tool, where the service says nothing better. */
  readonly title: string;
  readonly busy: boolean;
  readonly onDecide: (approved: boolean) => void;
}

/** Asks before something that cannot be taken back, and says exactly what it is about. */
export function ApprovalCard({ approval: { descriptor }, title, busy, onDecide }: ApprovalCardProps) {
  const expired = useExpired(descriptor?.expiresAt);
  const hidden = descriptor ? descriptor.count - descriptor.tasks.length : 0;
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-warn bg-warn-soft p-3.5 text-sm">
      <h3 className="flex items-center gap-2 font-semibold">
        <ShieldQuestion aria-hidden className="size-4.5 shrink-0 text-warn" />
        {words.approvalTitle(descriptor?.summary ?? title)}
      </h3>
      {descriptor && (
        <ul className="flex flex-col gap-0.5 pl-6.5">
          {descriptor.tasks.map((task) => (
            <li key={task.number} className="break-words">
              {task.title} <span className="text-ink-soft tabular-nums">{text.tasks.number(task.number)}</span>
            </li>
          ))}
          {hidden > 0 && <li className="text-ink-soft">{words.approvalMore(hidden)}</li>}
        </ul>
      )}
      {expired ? (
        <p className="pl-6.5 text-ink-soft">{words.expired}</p>
      ) : (
        <div className="flex gap-2 pl-6.5">
          <Button look="danger" disabled={busy} onClick={() => onDecide(true)}>
            {words.approve}
          </Button>
          <Button disabled={busy} onClick={() => onDecide(false)}>
            {words.reject}
          </Button>
        </div>
      )}
    </section>
  );
}

function useExpired(at: string | undefined): boolean {
  const [expired, setExpired] = useState(false);
  useEffect(() => {
    if (at === undefined) return;
    const left = Date.parse(at) - Date.now();
    const timer = setTimeout(() => setExpired(true), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [at]);
  return expired;
}
