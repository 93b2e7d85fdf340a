"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Pencil, SquarePen, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { wordsFor } from "@/api/problem";
import { Button, IconButton } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/states";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";
import { useConversations } from "./use-conversations.ts";

const words = text.chat;

interface Listed {
  readonly id: string;
  readonly title: string | null;
}

export interface HistoryDialogProps {
  readonly current: string | undefined;
  /** `undefined`: a new one. */
  readonly onOpen: (id: string | undefined) => void;
  readonly onClose: () => void;
}

const nameOf = ({ title }: Listed): string => title ?? words.untitled;

/** Earlier conversations: open, rename, delete. */
export default function HistoryDialog({ current, onOpen, onClose }: HistoryDialogProps) {
  const { data, isPending, isError, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations(true);
  const [renaming, setRenaming] = useState<string>();
  const [removing, setRemoving] = useState<Listed>();
  const items: readonly Listed[] = data?.pages.flatMap((page) => page.items) ?? [];
  if (removing) {
    return (
      <RemoveDialog conversation={removing} current={current} onOpen={onOpen} onClose={() => setRemoving(undefined)} />
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.history}>
      <Button look="primary" onClick={() => onOpen(undefined)}>
        <SquarePen aria-hidden className="size-4" />
        {words.newChat}
      </Button>
      {isPending && <Skeleton className="h-32" />}
      {isError && (
        <p role="alert" className="flex items-center justify-between gap-3 text-sm text-danger">
          {words.historyFailed}
          <Button size="small" onClick={() => void refetch()}>
            {text.common.retry}
          </Button>
        </p>
      )}
      {data && items.length === 0 && <p className="text-sm text-ink-soft">{words.noHistory}</p>}
      <ul className="-mx-2 flex max-h-[50dvh] flex-col overflow-y-auto">
        {items.map((conversation) =>
          renaming === conversation.id ? (
            <li key={conversation.id} className="px-2 py-1">
              <RenameForm conversation={conversation} onDone={() => setRenaming(undefined)} />
            </li>
          ) : (
            <li key={conversation.id} className="flex items-center gap-0.5 rounded-lg px-2 hover:bg-hover">
              <button
                type="button"
                aria-current={conversation.id === current}
                onClick={() => onOpen(conversation.id)}
                className={cx(
                  "min-w-0 flex-1 truncate py-2.5 text-left text-sm",
                  conversation.id === current && "font-semibold",
                )}
              >
                {nameOf(conversation)}
              </button>
              <IconButton
                label={`${words.rename}: ${nameOf(conversation)}`}
                onClick={() => setRenaming(conversation.id)}
              >
                <Pencil aria-hidden className="size-4" />
              </IconButton>
              <IconButton label={`${words.remove}: ${nameOf(conversation)}`} onClick={() => setRemoving(conversation)}>
                <Trash2 aria-hidden className="size-4" />
              </IconButton>
            </li>
          ),
        )}
      </ul>
      {hasNextPage && (
        <Button look="quiet" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </Dialog>
  );
}

function RenameForm({ conversation, onDone }: { readonly conversation: Listed; readonly onDone: () => void }) {
  const client = useQueryClient();
  const [title, setTitle] = useState(nameOf(conversation));
  const save = async (): Promise<void> => {
    onDone();
    if (title.trim() === "" || title.trim() === conversation.title) return;
    try {
      const json = { title: title.trim().slice(0, 120) };
      await api.chat.v1.conversations[":id"].$patch({ param: { id: conversation.id }, json } as never);
    } catch (error) {
      showToast({ kind: "error", title: words.renameFailed, detail: wordsFor(error) });
    }
    void client.invalidateQueries({ queryKey: keys.conversations.list });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input
        ref={(field) => field?.focus()}
        aria-label={words.rename}
        value={title}
        maxLength={120}
        onChange={({ target }) => setTitle(target.value)}
        onBlur={() => void save()}
        className="h-9 w-full rounded-lg border border-line-strong bg-surface px-2.5 text-sm"
      />
    </form>
  );
}

interface RemoveDialogProps extends Omit<HistoryDialogProps, "onClose"> {
  readonly conversation: Listed;
  readonly onClose: () => void;
}

function RemoveDialog({ conversation, current, onOpen, onClose }: RemoveDialogProps) {
  const client = useQueryClient();
  const remove = async (): Promise<void> => {
    onClose();
    try {
      await api.chat.v1.conversations[":id"].$delete({ param: { id: conversation.id } });
      showToast({ title: words.removed(nameOf(conversation)) });
      if (conversation.id === current) onOpen(undefined);
    } catch (error) {
      showToast({ kind: "error", title: words.removeFailed, detail: wordsFor(error) });
    }
    void client.invalidateQueries({ queryKey: keys.conversations.list });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.removeTitle} description={words.removeDetail}>
      <p className="text-sm break-words">{nameOf(conversation)}</p>
      <DialogActions>
        <Button onClick={onClose}>{text.common.cancel}</Button>
        <Button look="danger" onClick={() => void remove()}>
          {words.remove}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
