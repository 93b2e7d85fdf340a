/** Who is signed in, as the server said when it rendered the page, and as settings changed since. */
import { useQuery } from "@tanstack/react-query";
import { createContext, use } from "react";
import type { Me } from "#contracts/http/gateway";
import { api } from "./client.ts";
import { keys } from "./keys.ts";

export const MeContext = createContext<Me | undefined>(undefined);

/** For components below the product's layout, which is only there for who is signed in. */
export function useMe(): Me {
  const first = use(MeContext);
  if (!first) throw new Error("useMe is for pages of who is signed in");
  const { data } = useQuery({
    queryKey: keys.me,
    queryFn: async ({ signal }) => (await api.gateway.api.me.$get({}, { init: { signal } })).json(),
    initialData: first,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
