import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cx } from "./cx.ts";
import { inputClass } from "./input-class.ts";

/** The browser's own: known to every finger, keyboard and screen reader. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className="relative inline-flex w-full">
      <select className={cx(inputClass, "h-10 appearance-none pr-9", className)} {...rest}>
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-ink-faint"
      />
    </span>
  );
}
