/** Lists of tasks, a page of a hundred at a time. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { TaskCount, TaskPage } from "#contracts/http/tasks";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { PAGE_SIZE } from "./page-size.ts";
import { countedBy, countParametersOf, parametersOf, type TaskQuery } from "./query.ts";

export function useTasks(query: TaskQuery) {
  return useInfiniteQuery({
    queryKey: keys.tasks.list(query),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<TaskPage> => {
      const parameters = {
        ...parametersOf(query),
        limit: String(PAGE_SIZE),
        ...(pageParam ? { cursor: pageParam } : {}),
      };
      return (await api.tasks.v1.tasks.$get({ query: parameters }, { init: { signal } })).json();
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // Live updates keep lists true; what they missed is asked for again (`api/realtime`).
    staleTime: Number.POSITIVE_INFINITY,
    // Another filter shows its tasks when they are there, and what was there until then.
    placeholderData: keepPreviousData,
  });
}

export function useTaskCount(listed: TaskQuery) {
  const query = countedBy(listed);
  return useQuery({
    queryKey: keys.tasks.count(query),
    queryFn: async ({ signal }): Promise<TaskCount> =>
      (await api.tasks.v1.tasks.count.$get({ query: countParametersOf(query) }, { init: { signal } })).json(),
    placeholderData: keepPreviousData,
  });
}
