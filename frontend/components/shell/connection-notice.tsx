"use client";
import { useMutationState } from "@tanstack/react-query";
import { CloudOff, RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useConnectionState } from "@/api/realtime/store";
import { text } from "@/text";

/** A connection that is back within moments is nobody's worry. */
const PATIENCE_MS = 2_500;

/** Says so when what is on the screen may be behind, and that nothing is lost. */
export function ConnectionNotice() {
  const state = useConnectionState();
  const [patient, setPatient] = useState(true);
  const waiting = useMutationState({ filters: { predicate: ({ state: { isPaused } }) => isPaused } }).length;
  const interrupted = state === "reconnecting";
  useEffect(() => {
    setPatient(true);
    if (!interrupted) return;
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [interrupted]);

  const words =
    state === "offline"
      ? waiting > 0
        ? text.connection.waiting(waiting)
        : text.connection.offline
      : interrupted && !patient
        ? text.connection.reconnecting
        : undefined;
  const Icon = state === "offline" ? CloudOff : RefreshCw;
  return (
    <div role="status" className="empty:hidden">
      {words && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-center text-[13px] text-warn">
          <Icon aria-hidden className="size-3.5 shrink-0" />
          {words}
        </p>
      )}
    </div>
  );
}
