"use client";
import { useMutationState } from "@tanstack/react-query";
import { CloudOff, RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useConnectionState } from "@/api/realtime/store";
import { useIsMissing } from "@/components/late/missing";
import { text } from "@/text";

const say = text.connection;

/** A connection that is back within moments is nobody's worry. */
const PATIENCE_MS = 2_500;

/** Says so when what is on the screen may be behind, and that nothing is lost. */
export function ConnectionNotice() {
  const state = useConnectionState();
  const [patient, setPatient] = useState(true);
  const waiting = useMutationState({ filters: { predicate: ({ state: { isPaused } }) => isPaused } }).length;
  const isMissing = useIsMissing();
  const interrupted = state === "reconnecting";
  useEffect(() => {
    setPatient(true);
    if (!interrupted) return;
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [interrupted]);

  const isOffline = state === "offline";
  const words = isOffline
    ? [waiting > 0 ? say.waiting(waiting) : say.offline, isMissing && say.missingOffline].filter(Boolean).join(" ")
    : isMissing
      ? say.missing
      : interrupted && !patient && say.reconnecting;
  const Icon = isOffline ? CloudOff : RefreshCw;
  return (
    <div role="status" className="empty:hidden">
      {words && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-center text-[13px] text-warn">
          <Icon aria-hidden className="size-3.5 shrink-0" />
          {words}
          {/* Offline there would be no page to come back to. */}
          {isMissing && !isOffline && (
            <button
              type="button"
              className="font-semibold underline underline-offset-2"
              onClick={() => window.location.reload()}
            >
              {say.reload}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
