"use client";
import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check } from "lucide-react";
import { cx } from "./cx.ts";

export interface CheckboxProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly className?: string;
}

export function Checkbox({ label, checked, onChange, className }: CheckboxProps) {
  return (
    <Base.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={onChange}
      className={cx(
        "grid size-5 shrink-0 place-items-center rounded-md border-[1.5px] border-line-strong bg-surface transition-colors hover:border-accent data-checked:border-accent data-checked:bg-accent",
        className,
      )}
    >
      <Base.Indicator className="text-accent-ink">
        <Check aria-hidden className="size-3.5" strokeWidth={3} />
      </Base.Indicator>
    </Base.Root>
  );
}
