import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import type { ChatMessage } from "./message-types.ts";

export const useConversations = (enabled: boolean) =>
  useInfiniteQuery({
    queryKey: keys.conversations.list,
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }) => {
      const query = { limit: "30", ...(cursor ? { cursor } : {}) };
      return (await api.chat.v1.conversations.$get({ query } as never, { init: { signal } })).json();
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

/** @param id `undefined`: a conversation that nobody has begun */
export const useMessages = (id: string | undefined) =>
  useQuery({
    queryKey: keys.conversations.messages(id ?? "new"),
    enabled: id !== undefined,
    queryFn: async ({ signal }) => {
      const param = { id: id ?? "" };
      const answer = await api.chat.v1.conversations[":id"].messages.$get({ param }, { init: { signal } });
      return (await answer.json()) as unknown as ChatMessage[];
    },
  });
