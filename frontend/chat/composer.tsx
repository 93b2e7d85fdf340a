"use client";
import { ArrowUp, Square } from "lucide-react";
import { type RefObject, useId, useLayoutEffect, useState } from "react";
import { MAX_MESSAGE_CHARACTERS } from "@/chat/data/limits";
import { buttonClass } from "@/components/ui/button-class";
import { text } from "@/text";

const words = text.chat;

export interface ComposerProps {
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
  readonly busy: boolean;
  /** Why nothing can be sent just now; writing goes on. */
  readonly blocked?: string | undefined;
  /** @returns whether it went; else it stays written here */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onStop: () => void;
  /** Somebody begins to write. */
  readonly onBegin: () => void;
}

/** Enter sends, Shift and Enter begin a line; it grows with what is written, up to a third of the screen. */
export function Composer({ inputRef, busy, blocked, onSend, onStop, onBegin }: ComposerProps) {
  const [draft, setDraft] = useState("");
  const note = useId();
  useLayoutEffect(() => {
    const area = inputRef.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = draft === "" ? "" : `${area.scrollHeight}px`;
  }, [draft, inputRef]);
  const send = (): void => {
    const said = draft.trim();
    if (said === "" || busy || blocked) return;
    setDraft("");
    void onSend(said).then((went) => !went && setDraft((now) => now || said));
  };
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-1.5">
      <p id={note} role="status" className="px-1 text-center text-[13px] text-ink-soft empty:hidden">
        {blocked}
      </p>
      <form
        data-composer
        className="flex w-full items-end gap-2 rounded-2xl border border-line-strong bg-surface p-1.5 pl-4 focus-within:outline-2 focus-within:outline-accent"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={inputRef}
          aria-label={words.compose}
          aria-describedby={note}
          placeholder={words.placeholder}
          value={draft}
          rows={1}
          maxLength={MAX_MESSAGE_CHARACTERS}
          onFocus={onBegin}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          className="max-h-[33dvh] min-h-9 flex-1 resize-none bg-transparent py-1.5 text-[15px] outline-none placeholder:text-ink-faint placeholder:truncate"
        />
        {busy ? (
          <button type="button" aria-label={words.stop} onClick={onStop} className={buttonClass("plain", "icon")}>
            <Square aria-hidden className="size-4 fill-current" />
          </button>
        ) : (
          <button
            type="submit"
            aria-label={words.send}
            disabled={draft.trim() === "" || blocked !== undefined}
            className={buttonClass("primary", "icon")}
          >
            <ArrowUp aria-hidden className="size-4.5" />
          </button>
        )}
      </form>
    </div>
  );
}
