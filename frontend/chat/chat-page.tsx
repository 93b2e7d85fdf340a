"use client";
import { CloudOff, History, SquarePen } from "lucide-react";
import dynamic from "next/dynamic";
import { useCallback, useState } from "react";
import { hasCode, wordsFor } from "@/api/problem";
import { PageHeader } from "@/components/shell/page-header";
import { Button, IconButton } from "@/components/ui/button";
import { Skeleton, State } from "@/components/ui/states";
import { useHydrated } from "@/components/use-hydrated";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import type { ChatMessage } from "./message-types.ts";
import { useMessages } from "./use-conversations.ts";
import { Welcome } from "./welcome.tsx";

const words = text.chat;

const ConversationView = dynamic(() => import("./conversation-view.tsx"), { ssr: false, loading: () => <Waiting /> });
const HistoryDialog = dynamic(() => import("./history-dialog.tsx"), { ssr: false });

/** Its own, so that it is the same one in every render. */
const NOTHING: ChatMessage[] = [];

/** @param id of a conversation that is there; without one a new one begins with the first message */
export function ChatPage({ id }: { readonly id?: string }) {
  const [current, setCurrent] = useState<{ readonly id: string; readonly isNew: boolean }>();
  const [historyOpen, setHistoryOpen] = useState(false);
  const shown = current ?? (id === undefined ? undefined : { id, isNew: false });
  const messages = useMessages(shown?.isNew === false ? shown.id : undefined);
  const hydrated = useHydrated();

  const open = useCallback((to: string | undefined) => {
    setHistoryOpen(false);
    setCurrent(to === undefined ? { id: crypto.randomUUID(), isNew: true } : { id: to, isNew: false });
    window.history.pushState(null, "", to === undefined ? "/" : `/chat/${to}`);
  }, []);
  useCommands([
    { id: "chat-new", group: "go", title: words.newChat, keys: "g n", run: () => open(undefined) },
    { id: "chat-history", group: "go", title: words.history, keys: "g h", run: () => setHistoryOpen(true) },
  ]);

  // A new conversation has an id once it is in a browser; the server shows the welcome alone.
  if (hydrated && !shown) setCurrent({ id: crypto.randomUUID(), isNew: true });
  return (
    <>
      <PageHeader title={words.title}>
        <IconButton label={words.history} onClick={() => setHistoryOpen(true)}>
          <History aria-hidden className="size-4.5" />
        </IconButton>
        <IconButton label={words.newChat} onClick={() => open(undefined)}>
          <SquarePen aria-hidden className="size-4.5" />
        </IconButton>
      </PageHeader>
      {!shown ? (
        <div className="min-h-0 flex-1 overflow-y-auto px-4 sm:px-6">
          <Welcome />
        </div>
      ) : shown.isNew ? (
        <ConversationView
          key={shown.id}
          id={shown.id}
          messages={NOTHING}
          onBegin={() => window.history.replaceState(null, "", `/chat/${shown.id}`)}
        />
      ) : messages.data ? (
        <ConversationView key={shown.id} id={shown.id} messages={messages.data} onBegin={() => undefined} />
      ) : messages.isError ? (
        <State
          icon={CloudOff}
          title={hasCode(messages.error, "not-found") ? words.gone : words.loadFailed}
          detail={wordsFor(messages.error)}
        >
          <Button onClick={() => void messages.refetch()}>{text.common.retry}</Button>
          <Button look="primary" onClick={() => open(undefined)}>
            {words.newChat}
          </Button>
        </State>
      ) : (
        <Waiting />
      )}
      {historyOpen && <HistoryDialog current={shown?.id} onOpen={open} onClose={() => setHistoryOpen(false)} />}
    </>
  );
}

const Waiting = () => (
  <div aria-busy className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-4 px-4 py-6">
    <Skeleton className="h-10 w-2/5 self-end" />
    <Skeleton className="h-16 w-3/5" />
    <Skeleton className="h-10 w-1/3 self-end" />
  </div>
);
