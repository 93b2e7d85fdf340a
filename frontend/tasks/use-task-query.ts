/** The filter that stands in the address. */
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { addressOf, queryFrom, type TaskQuery } from "./data/query.ts";

/** @param next from what stands in the address now: what was rendered may be older, and would take a change back */
export type ChangeQuery = (next: (current: TaskQuery) => TaskQuery) => void;

/** Changing it asks the server for no page: the list fetches what it shows. */
export function useTaskQuery(): readonly [TaskQuery, ChangeQuery] {
  const path = usePathname();
  const address = useSearchParams().toString();
  const query = useMemo(() => queryFrom(new URLSearchParams(address)), [address]);
  const change = useCallback<ChangeQuery>(
    (next) => {
      const current = queryFrom(new URLSearchParams(window.location.search));
      window.history.replaceState(null, "", `${path}${addressOf(next(current))}`);
    },
    [path],
  );
  return [query, change];
}
