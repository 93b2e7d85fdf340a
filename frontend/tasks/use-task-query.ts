/** The filter that stands in the address. */
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { addressOf, queryFrom, type TaskQuery } from "./data/query.ts";

/** Changing it asks the server for no page: the list fetches what it shows. */
export function useTaskQuery(): readonly [TaskQuery, (query: TaskQuery) => void] {
  const path = usePathname();
  const address = useSearchParams().toString();
  const query = useMemo(() => queryFrom(new URLSearchParams(address)), [address]);
  const change = useCallback(
    (next: TaskQuery) => window.history.replaceState(null, "", `${path}${addressOf(next)}`),
    [path],
  );
  return [query, change];
}
