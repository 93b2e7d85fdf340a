"use client";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import type { Conversation } from "#contracts/http/chat";
import { late } from "@/components/late/late";
import { Button } from "@/components/ui/button";
import { buttonClass } from "@/components/ui/button-class";
import { cx } from "@/components/ui/cx";
import { Skeleton } from "@/components/ui/states";
import { useHydrated } from "@/components/use-hydrated";
import { text } from "@/text";
import { useApprovals, useConversations } from "../data/kept.ts";
import { pathOf } from "../data/path.ts";
import { RenameForm } from "./rename-form.tsx";

const words = text.chat;

const ConversationMenu = late(() => import("./conversation-menu.tsx").then((m) => m.ConversationMenu), {
  giveUp: ({ onClose }) => onClose(),
});
const RemoveDialog = late(() => import("./remove-dialog.tsx").then((m) => m.RemoveDialog), {
  giveUp: ({ onClose }) => onClose(),
});

export interface ConversationListProps {
  readonly current: string;
  /** `undefined`: a new one. */
  readonly onOpen: (id: string | undefined) => void;
  readonly className?: string;
}

/** Earlier conversations, the latest first: open, rename, delete. */
export function ConversationList({ current, onOpen, className }: ConversationListProps) {
  const { data, isPending, isError, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations();
  const { data: approvals } = useApprovals();
  const waiting = useHydrated() ? new Set(approvals?.map(({ conversationId }) => conversationId)) : undefined;
  const [renaming, setRenaming] = useState<string>();
  const [menu, setMenu] = useState<{ readonly conversation: Conversation; readonly at: HTMLElement }>();
  const [removing, setRemoving] = useState<Conversation>();
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <nav aria-label={words.history} className={className}>
      {isPending && <Skeleton className="h-24" />}
      {isError && items.length === 0 && (
        <p role="alert" className="flex flex-col items-start gap-2 px-2 py-1 text-sm text-danger">
          {words.historyFailed}
          <Button size="small" onClick={() => void refetch()}>
            {text.common.retry}
          </Button>
        </p>
      )}
      {data && items.length === 0 && <p className="px-2 py-1 text-sm text-ink-soft">{words.noHistory}</p>}
      <ul className="flex flex-col gap-0.5">
        {items.map((conversation) => (
          <li key={conversation.id}>
            {renaming === conversation.id ? (
              <RenameForm conversation={conversation} onDone={() => setRenaming(undefined)} />
            ) : (
              <Entry
                conversation={conversation}
                isCurrent={conversation.id === current}
                waits={waiting?.has(conversation.id) ?? false}
                onOpen={onOpen}
                onMenu={(at) => setMenu({ conversation, at })}
              />
            )}
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          size="small"
          look="quiet"
          className="mt-1 w-full"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
      {menu && (
        <ConversationMenu
          anchor={menu.at}
          onRename={() => setRenaming(menu.conversation.id)}
          onRemove={() => setRemoving(menu.conversation)}
          onClose={() => setMenu(undefined)}
        />
      )}
      {removing && (
        <RemoveDialog
          conversation={removing}
          onRemoved={() => removing.id === current && onOpen(undefined)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </nav>
  );
}

interface EntryProps {
  readonly conversation: Conversation;
  readonly isCurrent: boolean;
  /** For an approval. */
  readonly waits: boolean;
  readonly onOpen: (id: string) => void;
  readonly onMenu: (at: HTMLElement) => void;
}

function Entry({ conversation: { id, title }, isCurrent, waits, onOpen, onMenu }: EntryProps) {
  const name = title ?? words.untitled;
  return (
    <div className={cx("group flex items-center rounded-lg pr-0.5 hover:bg-hover", isCurrent && "bg-accent-soft")}>
      <a
        href={pathOf(id)}
        aria-current={isCurrent ? "page" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(id);
        }}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-lg py-2 pl-2.5 text-sm text-ink-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
      >
        <span className="truncate">{name}</span>
        {waits && (
          <>
            <span aria-hidden className="size-2 shrink-0 rounded-full bg-warn" />
            <span className="sr-only">{words.waits}</span>
          </>
        )}
      </a>
      <button
        type="button"
        aria-label={words.actions(name)}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => onMenu(currentTarget)}
        className={cx(
          buttonClass("quiet", "smallIcon"),
          "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
        )}
      >
        <Ellipsis aria-hidden className="size-4.5" />
      </button>
    </div>
  );
}
