"use client";
import type { ReactNode } from "react";
import { Bell } from "@/components/notifications/bell";
import { cx } from "@/components/ui/cx";
import { AccountButton } from "./account-button.tsx";

export interface PageHeaderProps {
  readonly title: string;
  readonly detail?: ReactNode;
  /** Buttons at the end. */
  readonly children?: ReactNode;
  /** Over the column of the content, or over all of it. @default column */
  readonly width?: "column" | "full";
}

export function PageHeader({ title, detail, children, width = "column" }: PageHeaderProps) {
  return (
    <header className="shrink-0 px-4 sm:px-6">
      <div className={cx("flex h-14 items-center gap-3", width === "column" && "mx-auto max-w-3xl")}>
        <h1 className="truncate text-lg font-semibold">{title}</h1>
        {detail && <p className="truncate text-sm text-ink-faint tabular-nums">{detail}</p>}
        <div className="ml-auto flex items-center gap-1">
          {children}
          {/* On a phone there is no sidebar to hold them. */}
          <div className="flex items-center gap-1 md:hidden">
            <Bell compact />
            <AccountButton compact />
          </div>
        </div>
      </div>
    </header>
  );
}
