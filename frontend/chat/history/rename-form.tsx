"use client";
import { useRef, useState } from "react";
import type { Conversation } from "#contracts/http/chat";
import { cx } from "@/components/ui/cx";
import { inputClass } from "@/components/ui/input-class";
import { text } from "@/text";
import { useConversationActions } from "../data/changes.ts";
import { MAX_TITLE_CHARACTERS } from "../data/limits.ts";

const words = text.chat;

export interface RenameFormProps {
  readonly conversation: Conversation;
  readonly onDone: () => void;
}

/** In the title's place. Enter and leaving save, Escape does not. */
export function RenameForm({ conversation: { id, title: before }, onDone }: RenameFormProps) {
  const { rename } = useConversationActions();
  const [title, setTitle] = useState(before ?? "");
  const over = useRef(false);
  const end = (save: boolean): void => {
    if (over.current) return;
    over.current = true;
    const next = title.trim();
    if (save && next !== "" && next !== before) rename(id, next);
    onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        end(true);
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: it stands where the person chose to rename
        autoFocus
        aria-label={words.rename}
        value={title}
        maxLength={MAX_TITLE_CHARACTERS}
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => setTitle(target.value)}
        onBlur={() => end(true)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          end(false);
        }}
        className={cx(inputClass, "h-9")}
      />
    </form>
  );
}
