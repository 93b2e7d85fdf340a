"use client";
import Link from "next/link";
import { useMe } from "@/api/me";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { PopoverAt } from "@/components/ui/popover";
import { Skeleton } from "@/components/ui/states";
import { useNow } from "@/tasks/clock";
import { addressOf } from "@/tasks/data/query";
import { localMinute } from "@/tasks/local-time";
import { shortDue } from "@/tasks/words";
import { text } from "@/text";
import { useMarkRead } from "./use-mark-read.ts";
import { useNotifications } from "./use-notifications.ts";

const words = text.notifications;

export interface NotificationsPanelProps {
  readonly anchor: HTMLElement;
  readonly side: "bottom" | "right";
  readonly onClose: () => void;
}

/** Reminders that fired; one leads to its task and counts as read then. */
export function NotificationsPanel({ anchor, side, onClose }: NotificationsPanelProps) {
  const { timeZone } = useMe().settings;
  const today = localMinute(useNow(), timeZone).slice(0, 10);
  const { data, isPending, isError, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useNotifications();
  const markRead = useMarkRead();
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const unread = data?.pages[0]?.unread ?? 0;
  return (
    <PopoverAt
      anchor={anchor}
      onClose={onClose}
      title={words.title}
      showTitle
      side={side}
      align="end"
      className="w-88 max-w-full"
    >
      <div className="flex flex-col gap-2">
        {isPending && <Skeleton className="h-24" />}
        {isError && (
          <p role="alert" className="flex items-center justify-between gap-3 px-1 text-sm text-danger">
            {words.failed}
            <Button size="small" onClick={() => void refetch()}>
              {text.common.retry}
            </Button>
          </p>
        )}
        {data && items.length === 0 && <p className="px-1 pb-2 text-sm text-ink-soft">{words.empty}</p>}
        {items.length > 0 && (
          <ul className="-mx-1 flex flex-col">
            {items.map(({ id, title, sentAt, readAt }) => (
              <li key={id}>
                <Link
                  href={`/tasks${addressOf({ status: "all", sort: "due", text: title.slice(0, 200) })}`}
                  onClick={() => {
                    if (readAt === null) markRead([id]);
                    onClose();
                  }}
                  className="flex items-start gap-2.5 rounded-lg px-2 py-2 hover:bg-hover"
                >
                  <span className={cx("mt-1.5 size-2 shrink-0 rounded-full", readAt === null && "bg-accent")}>
                    {readAt === null && <span className="sr-only">{words.unread}</span>}
                  </span>
                  <span className="min-w-0 flex-1">
                    <span className={cx("line-clamp-2 text-sm break-words", readAt === null && "font-medium")}>
                      {title}
                    </span>
                    <time dateTime={sentAt} className="text-[13px] text-ink-faint">
                      {shortDue(localMinute(Date.parse(sentAt), timeZone), today)}
                    </time>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
        <div className="flex flex-wrap justify-end gap-2 empty:hidden">
          {hasNextPage && (
            <Button size="small" look="quiet" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {words.more}
            </Button>
          )}
          {unread > 0 && (
            <Button size="small" onClick={() => markRead("all")}>
              {words.readAll}
            </Button>
          )}
        </div>
      </div>
    </PopoverAt>
  );
}
