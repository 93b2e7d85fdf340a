import type { ReactNode } from "react";
import { PhoneAccount } from "./phone-account.tsx";

export interface PageHeaderProps {
  readonly title: string;
  readonly detail?: ReactNode;
  /** Buttons at the end. */
  readonly children?: ReactNode;
}

export function PageHeader({ title, detail, children }: PageHeaderProps) {
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 px-4 sm:px-6">
      <h1 className="truncate text-lg font-semibold">{title}</h1>
      {detail && <p className="truncate text-sm text-ink-faint tabular-nums">{detail}</p>}
      <div className="ml-auto flex items-center gap-1">
        {children}
        <PhoneAccount />
      </div>
    </header>
  );
}
