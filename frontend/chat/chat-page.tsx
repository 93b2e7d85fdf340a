"use client";
import { History, SquarePen } from "lucide-react";
import { usePathname } from "next/navigation";
import { useCallback, useState } from "react";
import { late } from "@/components/late/late";
import { PageHeader } from "@/components/shell/page-header";
import { Button, IconButton } from "@/components/ui/button";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import { Conversation } from "./conversation.tsx";
import { useConversations } from "./data/kept.ts";
import { conversationAt, goTo, pathOf } from "./data/path.ts";
import { ConversationList } from "./history/conversation-list.tsx";

const words = text.chat;

const HistoryDialog = late(() => import("./history/history-dialog.tsx").then((m) => m.HistoryDialog), {
  giveUp: ({ onClose }) => onClose(),
});

/** The conversation that the address means, and the way to the others: at the side, on a phone in a dialog. */
export function ChatPage() {
  const { shown, isKept, accepted } = useShown();
  const [historyOpen, setHistoryOpen] = useState(false);
  const { data } = useConversations();
  const title = data?.pages.flatMap(({ items }) => items).find(({ id }) => id === shown)?.title;

  const open = useCallback((id: string | undefined) => {
    setHistoryOpen(false);
    goTo(id);
  }, []);
  const begin = useCallback(() => open(undefined), [open]);
  useCommands([
    { id: "chat-new", group: "go", title: words.newChat, keys: "g n", run: begin },
    { id: "chat-history", group: "go", title: words.history, keys: "g h", run: () => setHistoryOpen(true) },
  ]);
  return (
    <div className="flex min-h-0 flex-1">
      <div className="hidden w-60 shrink-0 flex-col border-r border-line lg:flex">
        <div className="p-3 pb-1">
          <Button className="w-full" onClick={begin}>
            <SquarePen aria-hidden className="size-4" />
            {words.newChat}
          </Button>
        </div>
        <ConversationList current={shown} onOpen={open} className="min-h-0 flex-1 overflow-y-auto p-3 pt-1" />
      </div>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <PageHeader title={title ?? words.title}>
          <div className="flex items-center gap-1 lg:hidden">
            <IconButton label={words.history} aria-haspopup="dialog" onClick={() => setHistoryOpen(true)}>
              <History aria-hidden className="size-4.5" />
            </IconButton>
            <IconButton label={words.newChat} onClick={begin}>
              <SquarePen aria-hidden className="size-4.5" />
            </IconButton>
          </div>
        </PageHeader>
        <Conversation key={shown} id={shown} isKept={isKept} onAccepted={accepted} onNew={begin} />
      </div>
      {historyOpen && <HistoryDialog current={shown} onOpen={open} onClose={() => setHistoryOpen(false)} />}
    </div>
  );
}

/** A new conversation has its id before it has an address: it gets that with its first message, and stays the same. */
function useShown() {
  const kept = conversationAt(usePathname());
  const [draft, setDraft] = useState(() => crypto.randomUUID());
  const [begun, setBegun] = useState(false);
  if (kept === draft && !begun) setBegun(true);
  if (kept === undefined && begun) {
    setBegun(false);
    setDraft(crypto.randomUUID());
  }
  const accepted = useCallback(() => {
    if (conversationAt(window.location.pathname) === undefined) window.history.replaceState(null, "", pathOf(draft));
  }, [draft]);
  return { shown: kept ?? draft, isKept: kept !== undefined, accepted };
}
