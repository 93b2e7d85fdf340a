"use client";
/** `useChat` for a session. Its code is a third of the page's: it comes after the first paint, or with the first keystroke. */
import "./no-eval.ts";
import { useChat } from "@ai-sdk/react";
import { useLayoutEffect } from "react";
import type { ChatMessage } from "./messages.ts";
import type { Session } from "./session.ts";

export { forgetSession, type Session, sessionOf } from "./session.ts";

export interface Live {
  readonly messages: readonly ChatMessage[];
  readonly status: "ready" | "submitted" | "streaming" | "error";
  readonly error: Error | undefined;
  /** What was written last did not reach the service. */
  readonly unsent: boolean;
}

export interface EngineProps {
  readonly session: Session;
  readonly onChange: (live: Live) => void;
}

/** Several deltas of one frame are one rendering. */
const FRAME_MS = 16;

export function Engine({ session, onChange }: EngineProps): null {
  const { messages, status, error } = useChat({ chat: session.chat, throttle: FRAME_MS });
  const unsent = status === "error" && session.hasUnsent;
  useLayoutEffect(() => onChange({ messages, status, error, unsent }), [onChange, messages, status, error, unsent]);
  return null;
}
