/** Taking back what a tool did, by the requests that the service gave along for it. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState, useSyncExternalStore } from "react";
import type { UndoStep } from "#contracts/http/chat";
import { API, request } from "@/api/client";
import { keys } from "@/api/keys";
import { wordsFor } from "@/api/problem";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";

const KEY = "undone";
/** Calls whose undoing this tab remembers, so that nothing is offered twice. */
const REMEMBERED = 200;

const listeners = new Set<() => void>();
let undone: readonly string[] | undefined;

const all = (): readonly string[] => {
  undone ??= JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as string[];
  return undone;
};

function remember(toolCallId: string): void {
  undone = [...all(), toolCallId].slice(-REMEMBERED);
  sessionStorage.setItem(KEY, JSON.stringify(undone));
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export interface Undo {
  readonly state: "possible" | "running" | "done";
  readonly run: () => void;
}

export function useUndo(toolCallId: string, steps: readonly UndoStep[]): Undo {
  const client = useQueryClient();
  const [isRunning, setRunning] = useState(false);
  // A step that is sent again after a failure has its effect once.
  const attempt = useRef<{ readonly keys: readonly string[]; done: number }>(undefined);
  const isDone = useSyncExternalStore(
    subscribe,
    () => all().includes(toolCallId),
    () => false,
  );
  const run = async (): Promise<void> => {
    setRunning(true);
    attempt.current ??= { keys: steps.map(() => crypto.randomUUID()), done: 0 };
    try {
      for (const [index, step] of steps.entries()) {
        if (index < attempt.current.done) continue;
        await send(step, attempt.current.keys[index] ?? "");
        attempt.current.done = index + 1;
      }
      remember(toolCallId);
    } catch (error) {
      showToast({ kind: "error", title: text.chat.undoFailed, detail: wordsFor(error) });
    }
    setRunning(false);
    void client.invalidateQueries({ queryKey: keys.tasks.all });
  };
  return { state: isDone ? "done" : isRunning ? "running" : "possible", run: () => void run() };
}

const send = ({ method, path, body, version }: UndoStep, key: string): Promise<Response> =>
  request(`${API}${path}`, {
    method,
    headers: {
      "idempotency-key": key,
      ...(body ? { "content-type": "application/json" } : {}),
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
