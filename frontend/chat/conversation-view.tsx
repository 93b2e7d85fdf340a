"use client";
import { useChat } from "@ai-sdk/react";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { keys } from "@/api/keys";
import { wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import { Composer } from "./composer.tsx";
import { Message } from "./message.tsx";
import { type ChatMessage, decisionIn } from "./message-types.ts";
import { transport } from "./transport.ts";
import { useFollow } from "./use-follow.ts";
import { Welcome } from "./welcome.tsx";

const words = text.chat;

export interface ConversationViewProps {
  readonly id: string;
  /** What was said before; none for a new one. */
  readonly messages: ChatMessage[];
  /** Its first message was sent: it has an address now. */
  readonly onBegin: () => void;
}

/** One conversation: what was said, the answer as it is written, and the next thing to say. */
export default function ConversationView({ id, messages: kept, onBegin }: ConversationViewProps) {
  const client = useQueryClient();
  const input = useRef<HTMLTextAreaElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const chat = useChat<ChatMessage>({
    id,
    messages: kept,
    transport,
    generateId: () => crypto.randomUUID(),
    sendAutomaticallyWhen: ({ messages }) => decisionIn(messages.at(-1)) !== undefined,
    onFinish: () => void client.invalidateQueries({ queryKey: keys.conversations.list }),
  });
  const { messages, status, error, sendMessage, regenerate, stop, setMessages, addToolApprovalResponse } = chat;
  const busy = status === "submitted" || status === "streaming";
  const { toEnd } = useFollow(pane, messages);

  // Another window, or a decision elsewhere, changed it; while an answer is written here, this is where it happens.
  const isBusy = useRef(busy);
  useEffect(() => {
    isBusy.current = busy;
  });
  useEffect(() => {
    if (!isBusy.current && kept.length > 0) setMessages(kept);
  }, [kept, setMessages]);

  const say = useCallback(
    (said: string) => {
      toEnd();
      onBegin();
      void sendMessage({ text: said });
    },
    [sendMessage, onBegin, toEnd],
  );
  const edit = useCallback(
    (message: ChatMessage, said: string) => void sendMessage({ text: said, messageId: message.id }),
    [sendMessage],
  );
  const again = useCallback((message: ChatMessage) => void regenerate({ messageId: message.id }), [regenerate]);
  const decide = useCallback(
    (approvalId: string, approved: boolean) => void addToolApprovalResponse({ id: approvalId, approved }),
    [addToolApprovalResponse],
  );
  const retry = (): void => {
    const last = messages.at(-1);
    if (last?.role === "user") void sendMessage(undefined, { body: { again: true } });
    else void regenerate();
  };

  useCommands([{ id: "chat-say", group: "app", title: words.compose, keys: "c", run: () => input.current?.focus() }]);

  return (
    <>
      <div ref={pane} className="min-h-0 flex-1 overflow-y-auto px-4 sm:px-6">
        {messages.length === 0 ? (
          <Welcome onPick={say} />
        ) : (
          <section
            aria-label={words.messages}
            aria-live="polite"
            aria-busy={busy}
            className="mx-auto flex max-w-3xl flex-col gap-5 py-4"
          >
            {messages.map((message, index) => (
              <Message
                key={message.id}
                message={message}
                busy={busy}
                isLast={index === messages.length - 1}
                onEdit={edit}
                onRegenerate={again}
                onDecide={decide}
              />
            ))}
            {status === "submitted" && messages.at(-1)?.role === "user" && (
              <p className="text-[15px] text-ink-soft motion-safe:animate-pulse">{words.thinking}</p>
            )}
            {error && (
              <div role="alert" className="flex flex-wrap items-center gap-3 text-sm text-danger">
                <p className="min-w-0 flex-1">{error.name === "AbortError" ? words.cut : wordsFor(error)}</p>
                <Button size="small" onClick={retry}>
                  {words.retry}
                </Button>
              </div>
            )}
          </section>
        )}
      </div>
      <div className="px-4 pt-2 pb-3 sm:px-6 sm:pb-5">
        <Composer inputRef={input} busy={busy} onSend={say} onStop={() => void stop()} />
      </div>
    </>
  );
}
