"use client";
import { CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { hasCode, wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { text } from "@/text";

const words = text.chat;

export interface ErrorCardProps {
  readonly error: Error;
  /** What was written did not get there; else the answer to it was lost. */
  readonly unsent: boolean;
  readonly onRetry: () => void;
  readonly onDiscard: () => void;
}

/** What went wrong on the way, and what can be done. Asked to wait, it counts. */
export function ErrorCard({ error, unsent, onRetry, onDiscard }: ErrorCardProps) {
  const left = useSecondsLeft(error, hasCode(error, "too-many-requests") ? (error.retryAfterSeconds ?? 0) : 0);
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-xl border border-danger/40 bg-danger-soft px-3.5 py-2.5 text-sm"
    >
      <CircleAlert aria-hidden className="size-4.5 shrink-0 text-danger" />
      <p className="min-w-40 flex-1 break-words">
        <span className="font-medium">{unsent ? words.notSent : words.notAnswered}</span> {wordsFor(error)}
      </p>
      <div className="flex gap-2">
        {unsent && (
          <Button size="small" look="quiet" onClick={onDiscard}>
            {words.discard}
          </Button>
        )}
        <Button size="small" disabled={left > 0} onClick={onRetry}>
          {left > 0 ? words.retryIn(left) : words.retry}
        </Button>
      </div>
    </div>
  );
}

/** Until something may be tried again, from when `since` came to be. */
function useSecondsLeft(since: unknown, seconds: number): number {
  const [left, setLeft] = useState(seconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another error begins to count anew
  useEffect(() => {
    const until = Date.now() + seconds * 1_000;
    setLeft(seconds);
    if (seconds === 0) return;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [since, seconds]);
  return left;
}
