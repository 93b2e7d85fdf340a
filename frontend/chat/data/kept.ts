/** Conversations as the service keeps them. */
import { type InfiniteData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Conversation } from "#contracts/http/chat";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import type { ChatMessage } from "./messages.ts";
import { CONVERSATIONS_PAGE } from "./page-size.ts";

export interface ConversationPage {
  readonly items: readonly Conversation[];
  readonly nextCursor: string | null;
}

export type ConversationPages = InfiniteData<ConversationPage, string | null>;

export async function readMessages(id: string, signal?: AbortSignal): Promise<ChatMessage[]> {
  const init = signal ? { init: { signal } } : {};
  const response = await api.chat.v1.conversations[":id"].messages.$get({ param: { id } }, init);
  return (await response.json()) as ChatMessage[];
}

/** @param wanted false while there is nothing to ask for, or what is here knows more */
export const useKeptMessages = (id: string, wanted: boolean) =>
  useQuery({
    queryKey: keys.conversations.messages(id),
    queryFn: ({ signal }) => readMessages(id, signal),
    enabled: wanted,
  });

export const useConversations = () =>
  useInfiniteQuery({
    queryKey: keys.conversations.list,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<ConversationPage> => {
      const query = { limit: String(CONVERSATIONS_PAGE), ...(pageParam ? { cursor: pageParam } : {}) };
      return (await api.chat.v1.conversations.$get({ query }, { init: { signal } })).json();
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** What the assistant waits for, in any conversation. */
export const useApprovals = () =>
  useQuery({
    queryKey: keys.approvals,
    queryFn: async ({ signal }) => (await (await api.chat.v1.approvals.$get({}, { init: { signal } })).json()).items,
  });
