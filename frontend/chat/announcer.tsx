"use client";
import { useEffect, useRef, useState } from "react";
import { text } from "@/text";
import { type ChatMessage, descriptorOf, isTool, textOf } from "./data/messages.ts";

const words = text.chat;

/** As much as one listens to; the rest is in the list of messages. */
const SPOKEN = 400;

export interface AnnouncerProps {
  readonly last: ChatMessage | undefined;
  readonly busy: boolean;
}

/** Tells screen readers that an answer is under way, and what it says when it is whole: not every piece of it. */
export function Announcer({ last, busy }: AnnouncerProps) {
  const [spoken, setSpoken] = useState("");
  const wasBusy = useRef(busy);
  useEffect(() => {
    if (busy && !wasBusy.current) setSpoken(words.thinking);
    if (!busy && wasBusy.current && last?.role === "assistant") setSpoken(words.answered(gistOf(last)));
    wasBusy.current = busy;
  }, [busy, last]);
  return (
    <p role="status" className="sr-only">
      {spoken}
    </p>
  );
}

function gistOf(message: ChatMessage): string {
  const asked = message.parts.filter(isTool).find(({ state }) => state === "approval-requested");
  const summary = asked && descriptorOf(asked)?.summary;
  return [textOf(message).slice(0, SPOKEN), ...(summary ? [words.approvalTitle(summary)] : [])].join(" ");
}
