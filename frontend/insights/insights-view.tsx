"use client";
import { useQuery } from "@tanstack/react-query";
import { ChartColumn, CloudOff } from "lucide-react";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { wordsFor } from "@/api/problem";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Skeleton, State } from "@/components/ui/states";
import { text } from "@/text";
import { DayChart } from "./day-chart.tsx";

const words = text.insights;
const DAYS = 30;

/** What was added and completed, what is overdue, and how many days in a row something got done. */
export function InsightsView() {
  const { data, isPending, isError, error, refetch } = useQuery({
    queryKey: keys.statistics,
    queryFn: async ({ signal }) =>
      (await api.audit.v1.statistics.$get({ query: { days: String(DAYS) } } as never, { init: { signal } })).json(),
    refetchOnMount: "always",
  });
  const sum = (name: "created" | "completed"): number => data?.days.reduce((all, day) => all + day[name], 0) ?? 0;
  return (
    <>
      <PageHeader title={words.title} detail={words.days(DAYS)} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8 sm:px-6">
        <div className="mx-auto flex max-w-3xl flex-col gap-6">
          {isPending && <Skeleton className="h-64" />}
          {isError && !data && (
            <State icon={CloudOff} title={words.failed} detail={wordsFor(error)}>
              <Button onClick={() => void refetch()}>{text.common.retry}</Button>
            </State>
          )}
          {data && data.totals.created === 0 && <State icon={ChartColumn} {...words.empty} />}
          {data && data.totals.created > 0 && (
            <>
              <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
                <Figure name={words.created} value={sum("created")} />
                <Figure name={words.completed} value={sum("completed")} />
                <Figure name={words.overdue} value={data.overdue} />
                <Figure name={words.streak} value={data.streak.current} detail={words.longest(data.streak.longest)} />
              </dl>
              <DayChart days={data.days} />
              <details className="text-sm">
                <summary className="cursor-pointer py-1 text-ink-soft hover:text-ink">{words.table}</summary>
                <table className="mt-2 w-full max-w-sm text-left tabular-nums">
                  <thead className="text-ink-soft">
                    <tr>
                      <th className="py-1 font-medium">{words.date}</th>
                      <th className="py-1 text-right font-medium">{words.created}</th>
                      <th className="py-1 text-right font-medium">{words.completed}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.days.toReversed().map(({ date, created, completed }) => (
                      <tr key={date} className="border-t border-line">
                        <td className="py-1">{date}</td>
                        <td className="py-1 text-right">{created}</td>
                        <td className="py-1 text-right">{completed}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </details>
            </>
          )}
        </div>
      </div>
    </>
  );
}

function Figure({ name, value, detail }: { readonly name: string; readonly value: number; readonly detail?: string }) {
  return (
    <div className="flex flex-col gap-0.5 rounded-xl border border-line bg-surface px-4 py-3">
      <dt className="text-[13px] text-ink-soft">{name}</dt>
      <dd className="text-2xl font-semibold tabular-nums">{value.toLocaleString(text.language)}</dd>
      {detail && <dd className="text-[13px] text-ink-faint">{detail}</dd>}
    </div>
  );
}
