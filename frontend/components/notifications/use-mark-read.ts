/** Marking notifications as read. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { wordsFor } from "@/api/problem";
import { showToast } from "@/components/ui/toast";
import type { NotificationPages as Pages } from "./use-notifications.ts";

/** @returns what marks some as read, or all; shown at once, and asked for again where it did not work */
export function useMarkRead(): (ids: readonly string[] | "all") => void {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: async (ids: readonly string[] | "all") => {
      const json = ids === "all" ? ({ all: true } as const) : { ids: [...ids] };
      return (await api.notifications.v1.notifications.read.$post({ json })).json();
    },
    onMutate: (ids) => {
      client.setQueryData<Pages>(
        keys.notifications,
        (pages) => pages && withRead(pages, ids, new Date().toISOString()),
      );
    },
    onError: (error) => showToast({ kind: "error", title: wordsFor(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.notifications }),
  });
  return mutate;
}

function withRead(pages: Pages, ids: readonly string[] | "all", readAt: string): Pages {
  let marked = 0;
  const items = pages.pages.map(({ items: own }) =>
    own.map((item) => {
      if (item.readAt !== null || (ids !== "all" && !ids.includes(item.id))) return item;
      marked++;
      return { ...item, readAt };
    }),
  );
  return {
    ...pages,
    pages: pages.pages.map((page, i) => ({
      ...page,
      items: items[i] ?? page.items,
      unread: ids === "all" ? 0 : Math.max(0, page.unread - marked),
    })),
  };
}
