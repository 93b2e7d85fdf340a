"use client";
import { STATUS_FILTERS } from "#contracts/task-choices";
import { cx } from "@/components/ui/cx";
import { text } from "@/text";
import type { TaskQuery } from "../data/query.ts";

export interface StatusTabsProps {
  readonly status: TaskQuery["status"];
  readonly onChange: (status: TaskQuery["status"]) => void;
}

export function StatusTabs({ status, onChange }: StatusTabsProps) {
  return (
    <fieldset className="flex h-9 shrink-0 items-center gap-0.5 rounded-lg bg-sunken p-0.5">
      <legend className="sr-only">{text.tasks.filters.status}</legend>
      {STATUS_FILTERS.map((one) => (
        <label
          key={one}
          className={cx(
            "grid h-8 cursor-pointer place-items-center rounded-md px-2.5 text-[13px] font-medium transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent",
            one === status ? "bg-raised text-ink shadow-xs" : "text-ink-soft hover:text-ink",
          )}
        >
          <input
            type="radio"
            name="status"
            value={one}
            checked={one === status}
            onChange={() => onChange(one)}
            className="sr-only"
          />
          {text.tasks.filters.statuses[one]}
        </label>
      ))}
    </fieldset>
  );
}
