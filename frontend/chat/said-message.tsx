"use client";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { text } from "@/text";
import { MAX_MESSAGE_CHARACTERS } from "./data/limits.ts";
import { type ChatMessage, textOf } from "./data/messages.ts";

const words = text.chat;

export interface SaidMessageProps {
  readonly message: ChatMessage;
  readonly busy: boolean;
  readonly onEdit: (messageId: string, text: string) => void;
}

/** What the person said; edited, it is said anew, and what followed goes. */
export function SaidMessage({ message, busy, onEdit }: SaidMessageProps) {
  const [draft, setDraft] = useState<string>();
  if (draft !== undefined) {
    const close = (): void => setDraft(undefined);
    const send = (): void => {
      if (draft.trim() === "") return;
      close();
      onEdit(message.id, draft.trim());
    };
    return (
      <form
        className="flex flex-col gap-2 self-stretch"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          // biome-ignore lint/a11y/noAutofocus: the person asked for it by a click on this very message
          autoFocus
          aria-label={words.editing}
          value={draft}
          rows={3}
          maxLength={MAX_MESSAGE_CHARACTERS}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              send();
            }
          }}
          className="w-full resize-none rounded-xl border border-line-strong bg-surface px-3.5 py-2.5 text-[15px]"
        />
        <div className="flex justify-end gap-2">
          <Button size="small" onClick={close}>
            {text.common.cancel}
          </Button>
          <Button size="small" look="primary" type="submit" disabled={busy}>
            {words.sendEdited}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <div className="group flex max-w-[85%] items-center gap-1 self-end">
      <IconButton
        label={words.edit}
        disabled={busy}
        onClick={() => setDraft(textOf(message))}
        className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
      >
        <Pencil aria-hidden className="size-4" />
      </IconButton>
      <div className="min-w-0 rounded-2xl rounded-br-md bg-accent-soft px-3.5 py-2 text-[15px] wrap-anywhere whitespace-pre-wrap">
        <span className="sr-only">{words.you}: </span>
        {textOf(message)}
      </div>
    </div>
  );
}
