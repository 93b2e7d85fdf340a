"use client";
import { ArrowDown, CloudOff } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { hasCode, wordsFor } from "@/api/problem";
import { useConnectionState } from "@/api/realtime/store";
import { Button, IconButton } from "@/components/ui/button";
import { Skeleton, State } from "@/components/ui/states";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import { Announcer } from "./announcer.tsx";
import { Composer } from "./composer.tsx";
import { loadEngine, useConversation } from "./data/use-conversation.ts";
import { ErrorCard } from "./error-card.tsx";
import { Message, Thinking } from "./message.tsx";
import { useFollow } from "./use-follow.ts";
import { Welcome } from "./welcome.tsx";

const words = text.chat;

/** More than anybody looks back at without asking; each costs some of every rendering. */
const SHOWN = 60;

export interface ConversationProps {
  readonly id: string;
  /** The service knows it; else it begins with the first message. */
  readonly isKept: boolean;
  /** The service took a message. */
  readonly onAccepted: () => void;
  readonly onNew: () => void;
}

/** What was said, the answer as it is written, and the next thing to say. */
export function Conversation({ id, isKept, onAccepted, onNew }: ConversationProps) {
  const input = useRef<HTMLTextAreaElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(SHOWN);
  const state = useConversation(id, isKept, onAccepted);
  const { messages, status, error, unsent, loading, actions, Engine, engineProps } = state;
  const busy = status === "submitted" || status === "streaming";
  const { isAway, toEnd } = useFollow(pane, content);
  const isOffline = useConnectionState() === "offline";
  const last = messages.at(-1);

  const send = useCallback(
    (said: string) => {
      toEnd();
      return actions.send(said);
    },
    [actions, toEnd],
  );
  useCommands([{ id: "chat-say", group: "app", title: words.compose, keys: "c", run: () => input.current?.focus() }]);

  if (loading.error) {
    const isGone = hasCode(loading.error, "not-found", "invalid-request");
    return (
      <State
        icon={CloudOff}
        title={isGone ? words.gone : words.loadFailed}
        detail={isGone ? null : wordsFor(loading.error)}
      >
        {!isGone && <Button onClick={loading.again}>{text.common.retry}</Button>}
        <Button look="primary" onClick={onNew}>
          {words.newChat}
        </Button>
      </State>
    );
  }
  return (
    <>
      {Engine && engineProps && <Engine {...engineProps} />}
      <div className="relative flex min-h-0 flex-1 flex-col">
        <div ref={pane} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 sm:px-6">
          <div ref={content} className="mx-auto flex min-h-full max-w-3xl flex-col">
            {loading.isPending ? (
              <Waiting />
            ) : messages.length === 0 ? (
              <Welcome onPick={(said) => void send(said)} />
            ) : (
              <section aria-label={words.messages} aria-busy={busy} className="flex flex-col gap-5 py-4">
                {messages.length > shown && (
                  <Button
                    size="small"
                    look="quiet"
                    className="self-center"
                    onClick={() => setShown(shown + 10 * SHOWN)}
                  >
                    {words.earlier}
                  </Button>
                )}
                {messages.slice(-shown).map((message) => (
                  <Message key={message.id} message={message} busy={busy} isLast={message === last} actions={actions} />
                ))}
                {busy && last?.role === "user" && <Thinking />}
                {error && status === "error" && (
                  <ErrorCard
                    error={error}
                    unsent={unsent}
                    onRetry={() => actions.regenerate()}
                    onDiscard={actions.discard}
                  />
                )}
              </section>
            )}
          </div>
        </div>
        {isAway && messages.length > 0 && (
          <IconButton
            label={words.latest}
            look="plain"
            onClick={toEnd}
            className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full bg-raised shadow-float"
          >
            <ArrowDown aria-hidden className="size-4.5" />
          </IconButton>
        )}
      </div>
      <div className="px-4 pt-2 pb-3 sm:px-6 sm:pb-5">
        <Composer
          inputRef={input}
          busy={busy}
          blocked={isOffline ? words.offline : unsent ? words.sendFirst : undefined}
          onSend={send}
          onStop={actions.stop}
          onBegin={() => void loadEngine().catch(() => undefined)}
        />
      </div>
      <Announcer last={last} busy={busy} />
    </>
  );
}

const Waiting = () => (
  <div aria-busy className="flex flex-col gap-5 py-6">
    <Skeleton className="h-10 w-2/5 self-end" />
    <Skeleton className="h-16 w-3/5" />
    <Skeleton className="h-10 w-1/3 self-end" />
  </div>
);
