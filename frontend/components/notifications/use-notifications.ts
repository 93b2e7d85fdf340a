/** Reminders that fired, newest first, and how many are unread. */
import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import type { notificationPage } from "#contracts/http/notifications";
import { api } from "@/api/client";
import { keys } from "@/api/keys";

export type NotificationPage = (typeof notificationPage)["_zod"]["output"];
export type NotificationPages = InfiniteData<NotificationPage, string | null>;

export function useNotifications() {
  return useInfiniteQuery({
    queryKey: keys.notifications,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<NotificationPage> => {
      const query = pageParam ? { cursor: pageParam } : {};
      return (await api.notifications.v1.notifications.$get({ query }, { init: { signal } })).json();
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}
