"use client";
import { ListFilter } from "lucide-react";
import { useState } from "react";
import { late } from "@/components/late/late";
import { Button } from "@/components/ui/button";
import { text } from "@/text";
import type { TaskQuery } from "../data/query.ts";
import type { ChangeQuery } from "../use-task-query.ts";

const load = () => import("./filter-popover.tsx").then((m) => m.FilterPopover);
const prepare = (): void => void load().catch(() => undefined);
const FilterPopover = late(load, { giveUp: ({ onClose }) => onClose() });

const words = text.tasks.filters;

export interface FilterProps {
  readonly query: TaskQuery;
  readonly today: string;
  readonly onChange: ChangeQuery;
}

/** How many kinds of conditions there are, apart from the words that stand in the search box. */
const countFilters = ({ priority, tag, due, dueFrom, dueTo }: TaskQuery): number =>
  [priority, tag, due ?? dueFrom ?? dueTo].filter((one) => one !== undefined).length;

export function FilterButton(props: FilterProps) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const active = countFilters(props.query);
  return (
    <>
      <Button
        aria-label={active > 0 ? `${words.title}, ${words.active(active)}` : words.title}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onPointerEnter={prepare}
        onFocus={prepare}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        <ListFilter aria-hidden className="size-4" />
        <span className="hidden sm:inline">{words.button}</span>
        {active > 0 && (
          <span
            aria-hidden
            className="grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 text-[11px] text-accent-ink"
          >
            {active}
          </span>
        )}
      </Button>
      {anchor && <FilterPopover {...props} anchor={anchor} onClose={() => setAnchor(undefined)} />}
    </>
  );
}
