/** Renaming and deleting conversations: shown at once, and taken back with the reason where it did not work. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Conversation } from "#contracts/http/chat";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { hasCode, wordsFor } from "@/api/problem";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";
import type { ConversationPages } from "./kept.ts";

const words = text.chat;
const { list, messages } = keys.conversations;

function changeList(
  client: QueryClient,
  change: (items: readonly Conversation[]) => readonly Conversation[],
): ConversationPages | undefined {
  const before = client.getQueryData<ConversationPages>(list);
  client.setQueryData<ConversationPages>(
    list,
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) },
  );
  return before;
}

export interface ConversationActions {
  readonly rename: (id: string, title: string) => void;
  readonly remove: (conversation: Conversation) => void;
}

export function useConversationActions(): ConversationActions {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: list });
  const failed = (title: string, error: unknown, before: ConversationPages | undefined): void => {
    client.setQueryData(list, before);
    showToast({ kind: "error", title, detail: wordsFor(error) });
  };
  const { mutate: rename } = useMutation({
    mutationFn: async ({ id, title }: { readonly id: string; readonly title: string }) => {
      await api.chat.v1.conversations[":id"].$patch({ param: { id }, json: { title } });
    },
    onMutate: async ({ id, title }) => {
      await client.cancelQueries({ queryKey: list });
      return changeList(client, (items) => items.map((item) => (item.id === id ? { ...item, title } : item)));
    },
    onError: (error, _, before) => failed(words.renameFailed, error, before),
    onSettled,
  });
  const { mutate: remove } = useMutation({
    mutationFn: async ({ id }: Conversation) => {
      await api.chat.v1.conversations[":id"].$delete({ param: { id } });
    },
    onMutate: async ({ id }) => {
      await client.cancelQueries({ queryKey: list });
      return changeList(client, (items) => items.filter((item) => item.id !== id));
    },
    onSuccess: (_, { id, title }) => {
      client.removeQueries({ queryKey: messages(id) });
      void import("./engine.tsx").then(({ forgetSession }) => forgetSession(id));
      showToast({ title: words.removed(title ?? words.untitled) });
    },
    onError: (error, _, before) => {
      // Gone is what was wanted.
      if (!hasCode(error, "not-found")) failed(words.removeFailed, error, before);
    },
    onSettled,
  });
  return { rename: (id, title) => rename({ id, title }), remove };
}
