"use client";
import { Pencil, RotateCcw } from "lucide-react";
import { memo, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { text } from "@/text";
import { ApprovalCard } from "./approval-card.tsx";
import { approvalOf, type ChatMessage, type ChatPart, type ToolPart, textOf } from "./message-types.ts";
import { RichText } from "./rich-text.tsx";
import { ToolCard } from "./tool-card.tsx";

const words = text.chat;

export interface MessageProps {
  readonly message: ChatMessage;
  /** It is being written, or another one is. */
  readonly busy: boolean;
  /** Answers alone, and only of the last: what came before cannot be given anew without what followed. */
  readonly isLast: boolean;
  readonly onEdit: (message: ChatMessage, text: string) => void;
  readonly onRegenerate: (message: ChatMessage) => void;
  readonly onDecide: (approvalId: string, approved: boolean) => void;
}

/** Only the message that changes is drawn again while an answer is written. */
export const Message = memo(function Message(props: MessageProps) {
  return props.message.role === "user" ? <Said {...props} /> : <Answer {...props} />;
});

function Said({ message, busy, onEdit }: MessageProps) {
  const [draft, setDraft] = useState<string>();
  if (draft !== undefined) {
    const send = (): void => {
      if (draft.trim() === "") return;
      setDraft(undefined);
      onEdit(message, draft.trim());
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
          // The person asked for it by a click on this very message.
          ref={(area) => area?.focus()}
          aria-label={words.editing}
          value={draft}
          rows={3}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(undefined);
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              send();
            }
          }}
          className="w-full resize-none rounded-xl border border-line-strong bg-surface px-3.5 py-2.5 text-[15px]"
        />
        <div className="flex justify-end gap-2">
          <Button size="small" onClick={() => setDraft(undefined)}>
            {text.common.cancel}
          </Button>
          <Button size="small" look="primary" type="submit">
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
      <div className="rounded-2xl rounded-br-md bg-accent-soft px-3.5 py-2 text-[15px] break-words whitespace-pre-wrap">
        <span className="sr-only">{words.you}: </span>
        {textOf(message)}
      </div>
    </div>
  );
}

function Answer({ message, busy, isLast, onRegenerate, onDecide }: MessageProps) {
  const waiting = isLast && busy && message.parts.every(({ type }) => type === "step-start");
  const isOver = isLast && !busy && message.metadata?.status !== "waiting";
  return (
    <article className="flex flex-col gap-2.5 self-stretch text-[15px]">
      <h3 className="sr-only">{words.assistant}</h3>
      {message.parts.map((part, index) => (
        <Part key={keyOf(part, index)} part={part} before={message.parts} at={index} busy={busy} onDecide={onDecide} />
      ))}
      {waiting && <p className="text-ink-soft motion-safe:animate-pulse">{words.thinking}</p>}
      {message.metadata?.status === "stopped" && <p className="text-sm text-ink-faint">{words.stopped}</p>}
      {isOver && (
        <div>
          <Button size="small" look="quiet" onClick={() => onRegenerate(message)}>
            <RotateCcw aria-hidden className="size-4" />
            {words.regenerate}
          </Button>
        </div>
      )}
    </article>
  );
}

const keyOf = (part: ChatPart, index: number): string => (part.type === "dynamic-tool" ? part.toolCallId : `${index}`);

interface PartProps {
  readonly part: ChatPart;
  readonly before: readonly ChatPart[];
  readonly at: number;
  readonly busy: boolean;
  readonly onDecide: (approvalId: string, approved: boolean) => void;
}

function Part({ part, before, at, busy, onDecide }: PartProps) {
  if (part.type === "text") return part.text === "" ? null : <RichText text={part.text} />;
  if (part.type === "data-notice") {
    const { level, text: notice } = part.data;
    return (
      <p role={level === "error" ? "alert" : undefined} className={level === "error" ? "text-danger" : "text-ink-soft"}>
        {notice}
      </p>
    );
  }
  if (part.type !== "dynamic-tool") return null;
  const approval = approvalOf(part);
  if (part.state !== "approval-requested" || !approval) return <ToolCard part={part} />;
  // Calls that share an approval are asked about once.
  if (before.slice(0, at).some((other) => isAskedBy(other, approval.id))) return null;
  return (
    <ApprovalCard
      approval={approval}
      title={part.title ?? part.toolName}
      busy={busy}
      onDecide={(approved) => onDecide(approval.id, approved)}
    />
  );
}

const isAskedBy = (part: ChatPart, id: string): boolean =>
  part.type === "dynamic-tool" && approvalOf(part as ToolPart)?.id === id;
