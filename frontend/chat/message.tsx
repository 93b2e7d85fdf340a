"use client";
import { RotateCcw } from "lucide-react";
import { memo } from "react";
import { Button } from "@/components/ui/button";
import { text } from "@/text";
import { ApprovalCard } from "./approval-card.tsx";
import { type Block, blocksOf } from "./data/blocks.ts";
import type { ChatMessage } from "./data/messages.ts";
import type { ChatActions } from "./data/use-conversation.ts";
import { RichText } from "./rich-text.tsx";
import { SaidMessage } from "./said-message.tsx";
import { ToolCard } from "./tool-card.tsx";

const words = text.chat;

export interface MessageProps {
  readonly message: ChatMessage;
  /** This or another message is being answered. */
  readonly busy: boolean;
  readonly isLast: boolean;
  readonly actions: ChatActions;
}

/** Only the message that changes is drawn again while an answer is written. */
export const Message = memo(function Message({ message, busy, isLast, actions }: MessageProps) {
  return message.role === "user" ? (
    <SaidMessage message={message} busy={busy} onEdit={actions.edit} />
  ) : (
    <Answer message={message} busy={busy} isLast={isLast} actions={actions} />
  );
});

function Answer({ message, busy, isLast, actions }: MessageProps) {
  const status = message.metadata?.status;
  const isWritten = isLast && (busy || status === "streaming");
  const blocks = blocksOf(message.parts);
  const canGoAnew = isLast && !busy && status !== "waiting" && status !== "streaming";
  return (
    <article className="flex flex-col gap-2.5 self-stretch text-[15px] [content-visibility:auto] [contain-intrinsic-size:auto_8rem]">
      <h2 className="sr-only">{words.assistant}</h2>
      {blocks.map((block) => (
        <BlockView key={block.key} block={block} isWritten={isWritten} busy={busy || isWritten} actions={actions} />
      ))}
      {isWritten && blocks.at(-1)?.kind !== "text" && <Thinking elsewhere={!busy} />}
      {status === "stopped" && <p className="text-sm text-ink-soft">{words.stopped}</p>}
      {canGoAnew && (
        <div>
          <Button size="small" look="quiet" onClick={() => actions.regenerate(message.id)}>
            <RotateCcw aria-hidden className="size-4" />
            {words.regenerate}
          </Button>
        </div>
      )}
    </article>
  );
}

/** An answer is under way, and has nothing to show just now. */
export const Thinking = ({ elsewhere = false }: { readonly elsewhere?: boolean }) => (
  <p className="text-[15px] text-ink-soft motion-safe:animate-pulse">{elsewhere ? words.elsewhere : words.thinking}</p>
);

interface BlockViewProps {
  readonly block: Block;
  readonly isWritten: boolean;
  readonly busy: boolean;
  readonly actions: ChatActions;
}

function BlockView({ block, isWritten, busy, actions }: BlockViewProps) {
  switch (block.kind) {
    case "text":
      return <RichText text={block.text} />;
    case "tool":
      return <ToolCard part={block.part} isOver={!isWritten} />;
    case "approval":
      return (
        <ApprovalCard
          parts={block.parts}
          busy={busy}
          onDecide={(approved) => actions.decide({ approvalId: block.id, decision: approved ? "approve" : "reject" })}
        />
      );
    case "notice":
      return <p className={block.notice.level === "error" ? "text-danger" : "text-ink-soft"}>{block.notice.text}</p>;
    default:
      return block satisfies never;
  }
}
