"use client";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useMe } from "@/api/me";
import { localMinute } from "@/tasks/local-time";
import { text } from "@/text";
import { DELIVERIES_KEY } from "./channels.tsx";

const words = text.settings;

/** What was sent by mail and webhook, and why something did not arrive. */
export function Deliveries() {
  const { timeZone } = useMe().settings;
  const { data } = useQuery({
    queryKey: DELIVERIES_KEY,
    queryFn: async ({ signal }) =>
      (await api.notifications.v1.deliveries.$get({ query: { limit: "10" } } as never, { init: { signal } })).json(),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "pending") ? 3_000 : false),
  });
  if (!data) return null;
  return (
    <details className="border-t border-line pt-4 text-sm">
      <summary className="cursor-pointer text-ink-soft hover:text-ink">{words.deliveries}</summary>
      {data.items.length === 0 && <p className="pt-2 text-ink-soft">{words.noDeliveries}</p>}
      <ul className="flex flex-col pt-2">
        {data.items.map(({ id, createdAt, target, status, lastError }) => (
          <li key={id} className="flex flex-col gap-0.5 border-b border-line py-2 last:border-none">
            <span className="flex flex-wrap justify-between gap-x-3">
              <span className="min-w-0 break-all">{target}</span>
              <span className={status === "failed" ? "text-danger" : "text-ink-soft"}>{words.statuses[status]}</span>
            </span>
            <span className="text-[13px] text-ink-faint">
              {localMinute(Date.parse(createdAt), timeZone).replace("T", " ")}
              {lastError && ` · ${lastError}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
