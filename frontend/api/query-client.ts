/** The cache of what the services said, and what happens to every call that fails. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { showPendingAgain } from "@/tasks/data/pending";
import { keys } from "./keys.ts";
import { hasCode, isPassing } from "./problem.ts";

const RETRIES = 3;

/** The session is over: what is on the screen can no longer be kept true. */
function leaveIfSignedOut(error: unknown): void {
  if (typeof window === "undefined" || !hasCode(error, "not-authenticated")) return;
  window.location.assign("/sign-in?ended=1");
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: leaveIfSignedOut,
      onSuccess: (_data, { queryKey }) => {
        if (queryKey[0] === keys.tasks.all[0]) showPendingAgain();
      },
    }),
    mutationCache: new MutationCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      queries: {
        // Live updates keep the cache true; what they missed is fetched when the connection comes back.
        staleTime: 60_000,
        gcTime: 10 * 60_000,
        retry: (failures, error) => failures < RETRIES && isPassing(error),
        refetchOnWindowFocus: false,
      },
      // A change that carries an Idempotency-Key or a version has its effect once, however often it is sent.
      mutations: { retry: (failures, error) => failures < RETRIES && isPassing(error) },
    },
  });
}
