"use client";
import { History, PanelRight, SquarePen } from "lucide-react";
import { usePathname } from "next/navigation";
import { useCallback, useId, useState } from "react";
import { late } from "@/components/late/late";
import { PageHeader } from "@/components/shell/page-header";
import { Button, IconButton } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { useIsWide } from "@/components/use-is-wide";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import { keepChoice } from "./beside/choice.ts";
import { TasksBeside } from "./beside/tasks-beside.tsx";
import { Conversation } from "./conversation.tsx";
import { useConversations } from "./data/kept.ts";
import { conversationAt, goTo, pathOf } from "./data/path.ts";
import { ConversationList } from "./history/conversation-list.tsx";

const words = text.chat;

const HistoryDialog = late(() => import("./history/history-dialog.tsx").then((m) => m.HistoryDialog), {
  giveUp: ({ onClose }) => onClose(),
});

export interface ChatPageProps {
  /** Whether the tasks stand beside it, where the screen is wide enough. */
  readonly tasksBeside: boolean;
}

/**
 * The conversation that the address means, and the tasks that it is about. The way to other conversations is at the side where
 * there is room for all three, else in a dialog.
 */
export function ChatPage({ tasksBeside }: ChatPageProps) {
  const [beside, setBeside] = useState(tasksBeside);
  const tasksId = useId();
  const isWide = useIsWide();
  const { shown, isKept, accepted } = useShown();
  const [historyOpen, setHistoryOpen] = useState(false);
  const { data } = useConversations();
  const title = data?.pages.flatMap(({ items }) => items).find(({ id }) => id === shown)?.title;

  const open = useCallback((id: string | undefined) => {
    setHistoryOpen(false);
    goTo(id);
  }, []);
  const begin = useCallback(() => open(undefined), [open]);
  const toggleTasks = (): void => {
    keepChoice(!beside);
    setBeside(!beside);
  };
  useCommands([
    { id: "chat-new", group: "go", title: words.newChat, keys: "g n", run: begin },
    { id: "chat-history", group: "go", title: words.history, keys: "g h", run: () => setHistoryOpen(true) },
    ...(isWide
      ? [{ id: "chat-tasks", group: "app" as const, title: words.toggleTasks, keys: "t", run: toggleTasks }]
      : []),
  ]);
  return (
    <div className="flex min-h-0 flex-1">
      <div className={cx("hidden w-60 shrink-0 flex-col border-r border-line lg:flex", beside && "xl:hidden 2xl:flex")}>
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
          <div className={cx("flex items-center gap-1 lg:hidden", beside && "xl:flex 2xl:hidden")}>
            <IconButton label={words.history} aria-haspopup="dialog" onClick={() => setHistoryOpen(true)}>
              <History aria-hidden className="size-4.5" />
            </IconButton>
            <IconButton label={words.newChat} onClick={begin}>
              <SquarePen aria-hidden className="size-4.5" />
            </IconButton>
          </div>
          <div className="hidden xl:block">
            <IconButton
              label={beside ? words.hideTasks : words.showTasks}
              aria-expanded={beside}
              aria-controls={tasksId}
              onClick={toggleTasks}
            >
              <PanelRight aria-hidden className="size-4.5" />
            </IconButton>
          </div>
        </PageHeader>
        <Conversation key={shown} id={shown} isKept={isKept} onAccepted={accepted} onNew={begin} />
      </div>
      {beside && <TasksBeside id={tasksId} />}
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
