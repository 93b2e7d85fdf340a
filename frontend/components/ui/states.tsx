import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface StateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly detail?: ReactNode;
  /** What to do next. */
  readonly children?: ReactNode;
  readonly className?: string;
}

/** What stands where there is nothing to show: nothing yet, nothing found, or an error. */
export function State({ icon: Icon, title, detail, children, className }: StateProps) {
  return (
    <div
      className={cx("flex animate-rise flex-col items-center justify-center gap-3 px-6 py-16 text-center", className)}
    >
      <span className="grid size-12 place-items-center rounded-2xl bg-sunken text-ink-faint">
        <Icon aria-hidden className="size-5.5" strokeWidth={1.75} />
      </span>
      <div className="flex max-w-sm flex-col gap-1">
        <h2 className="text-[15px] font-semibold text-ink">{title}</h2>
        {detail && <p className="text-sm text-balance text-ink-soft">{detail}</p>}
      </div>
      {children && <div className="flex flex-wrap justify-center gap-2 pt-1">{children}</div>}
    </div>
  );
}

/** The shape of a line that is on its way. */
export const Skeleton = ({ className }: { readonly className?: string }) => (
  <div aria-hidden className={cx("animate-shimmer rounded-md bg-hover", className)} />
);
