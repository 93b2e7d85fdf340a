"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Activity as ActivityIcon, BadgeCheck, CloudOff, ShieldAlert } from "lucide-react";
import { useState } from "react";
import type { AuditEvent } from "#contracts/http/audit";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { useMe } from "@/api/me";
import { wordsFor } from "@/api/problem";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { Skeleton, State } from "@/components/ui/states";
import { useNow } from "@/tasks/clock";
import { localMinute } from "@/tasks/local-time";
import { shortDue } from "@/tasks/words";
import { text } from "@/text";

const words = text.activity;

type Kind = keyof typeof words.filters;

const task = (name: string): string => `dev.todo.task.${name}.v1`;
const TYPES: Readonly<Record<Kind, readonly string[] | undefined>> = {
  all: undefined,
  tasks: ["created", "updated", "completed", "reopened", "deleted", "restored", "recurring_task_created"].map(task),
  reminders: ["scheduled", "cancelled", "sent"].map((name) => `dev.todo.reminder.${name}.v1`),
  chat: [
    "conversation_started",
    "message_sent",
    "tool_used",
    "approval_asked",
    "approval_given",
    "approval_refused",
  ].map((name) => `dev.todo.chat.${name}.v1`),
  account: ["created", "settings_changed", "deleted"].map((name) => `dev.todo.user.${name}.v1`),
};

/** The audit trail as a person reads it: day by day, the latest first. */
export function ActivityView() {
  const [kind, setKind] = useState<Kind>("all");
  const { timeZone } = useMe().settings;
  const today = localMinute(useNow(), timeZone).slice(0, 10);
  const events = useInfiniteQuery({
    queryKey: [...keys.activity, kind],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }) => {
      const type = TYPES[kind];
      const query = { limit: "50", ...(type ? { type: [...type] } : {}), ...(cursor ? { cursor } : {}) };
      return (await api.audit.v1.audit.events.$get({ query } as never, { init: { signal } })).json();
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchOnMount: "always",
  });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  const days = Map.groupBy(items, ({ time }) => localMinute(Date.parse(time), timeZone).slice(0, 10));
  return (
    <>
      <PageHeader title={words.title} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8 sm:px-6">
        <div className="mx-auto flex max-w-3xl flex-col gap-5">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <Verification />
            <div className="w-40">
              <Select aria-label={words.filter} value={kind} onChange={({ target }) => setKind(target.value as Kind)}>
                {(Object.keys(words.filters) as Kind[]).map((name) => (
                  <option key={name} value={name}>
                    {words.filters[name]}
                  </option>
                ))}
              </Select>
            </div>
          </div>
          {events.isPending && <Waiting />}
          {events.isError && items.length === 0 && (
            <State icon={CloudOff} title={words.failed} detail={wordsFor(events.error)}>
              <Button onClick={() => void events.refetch()}>{text.common.retry}</Button>
            </State>
          )}
          {events.isSuccess && items.length === 0 && <State icon={ActivityIcon} {...words.empty} />}
          {[...days].map(([day, happened]) => (
            <section key={day} aria-labelledby={`day-${day}`} className="flex flex-col gap-1">
              <h2 id={`day-${day}`} className="text-[13px] font-semibold text-ink-soft">
                {shortDue(day, today)}
              </h2>
              <ol className="flex flex-col">
                {happened.map((event) => (
                  <Line key={event.id} event={event} today={today} timeZone={timeZone} />
                ))}
              </ol>
            </section>
          ))}
          {events.hasNextPage && (
            <Button disabled={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
              {words.more}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}

interface LineProps {
  readonly event: AuditEvent;
  readonly today: string;
  readonly timeZone: string;
}

function Line({ event, today, timeZone }: LineProps) {
  return (
    <li className="flex gap-3 border-b border-line py-2 text-sm last:border-none">
      <time dateTime={event.time} className="w-11 shrink-0 text-ink-faint tabular-nums">
        {localMinute(Date.parse(event.time), timeZone).slice(11)}
      </time>
      <div className="min-w-0 flex-1">
        <p className="break-words">
          {inPlainWords(event, today, timeZone)}
          {event.title && <span className="font-medium"> “{event.title}”</span>}
        </p>
        {event.changed.length > 0 && (
          <p className="text-[13px] text-ink-soft">{words.changed(event.changed.join(", "))}</p>
        )}
      </div>
      <span className="hidden shrink-0 text-[13px] text-ink-faint sm:block">{words.by[event.by]}</span>
    </li>
  );
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::[\d.]+)?Z/g;

/** What the trail writes exactly, said as the rest of the page says it: times by the person's clock, tools by what they do. */
function inPlainWords({ summary, tool }: AuditEvent, today: string, timeZone: string): string {
  const timed = summary.replace(INSTANT, (instant) => shortDue(localMinute(Date.parse(instant), timeZone), today));
  return tool ? timed.replace(tool, words.tool(tool)) : timed;
}

/** Asked for once a visit: it reads the whole chain. */
function Verification() {
  const { data, isPending } = useQuery({
    queryKey: [...keys.activity, "verification"],
    queryFn: async ({ signal }) => (await api.audit.v1.audit.verification.$get({}, { init: { signal } })).json(),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (isPending) return <p className="text-sm text-ink-faint">{words.verifying}</p>;
  if (!data) return <p className="text-sm text-ink-soft">{words.lead}</p>;
  const Icon = data.valid ? BadgeCheck : ShieldAlert;
  return (
    <p className={`flex items-center gap-2 text-sm ${data.valid ? "text-good" : "text-danger"}`}>
      <Icon aria-hidden className="size-4.5 shrink-0" />
      {data.valid ? words.verified(data.events.toLocaleString(text.language)) : words.broken}
    </p>
  );
}

const Waiting = () => (
  <div aria-busy className="flex flex-col gap-3">
    {["a", "b", "c", "d", "e"].map((line) => (
      <Skeleton key={line} className="h-9" />
    ))}
  </div>
);
