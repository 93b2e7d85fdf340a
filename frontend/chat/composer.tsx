"use client";
import { ArrowUp, Square } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { buttonClass } from "@/components/ui/button-class";
import { text } from "@/text";

const words = text.chat;

export interface ComposerProps {
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
  readonly busy: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

/** Enter sends, Shift and Enter begin a line; it grows with what is written, up to a third of the screen. */
export function Composer({ inputRef, busy, onSend, onStop }: ComposerProps) {
  const [draft, setDraft] = useState("");
  useEffect(() => {
    const area = inputRef.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = draft === "" ? "" : `${area.scrollHeight}px`;
  }, [draft, inputRef]);
  const send = (): void => {
    const said = draft.trim();
    if (said === "" || busy) return;
    setDraft("");
    onSend(said);
  };
  return (
    <form
      className="mx-auto flex w-full max-w-3xl items-end gap-2 rounded-2xl border border-line-strong bg-surface p-1.5 pl-4 focus-within:outline-2 focus-within:outline-accent"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={inputRef}
        aria-label={words.compose}
        placeholder={words.placeholder}
        value={draft}
        rows={1}
        onChange={({ target }) => setDraft(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
        className="max-h-[33dvh] min-h-9 flex-1 resize-none bg-transparent py-1.5 text-[15px] outline-none placeholder:text-ink-faint"
      />
      {busy ? (
        <button type="button" aria-label={words.stop} onClick={onStop} className={buttonClass("plain", "icon")}>
          <Square aria-hidden className="size-4 fill-current" />
        </button>
      ) : (
        <button
          type="submit"
          aria-label={words.send}
          disabled={draft.trim() === ""}
          className={buttonClass("primary", "icon")}
        >
          <ArrowUp aria-hidden className="size-4.5" />
        </button>
      )}
    </form>
  );
}
