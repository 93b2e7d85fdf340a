"use client";
import { PopoverAt } from "@/components/ui/popover";
import { text } from "@/text";
import type { FilterProps } from "./filter-button.tsx";
import { FilterForm } from "./filter-form.tsx";

export interface FilterPopoverProps extends FilterProps {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

export function FilterPopover({ anchor, onClose, ...filter }: FilterPopoverProps) {
  return (
    <PopoverAt
      anchor={anchor}
      onClose={onClose}
      title={text.tasks.filters.title}
      showTitle
      align="end"
      className="w-80 max-w-full"
    >
      <FilterForm {...filter} />
    </PopoverAt>
  );
}
