"use client";
import { CheckCheck } from "lucide-react";
import type { ReactNode } from "react";
import { text } from "@/text";

/** The frame of sign-in and sign-up. */
export function EntryCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="flex w-full max-w-sm animate-rise flex-col gap-6">
        <div className="flex flex-col items-center gap-3 text-center">
          <span className="grid size-12 place-items-center rounded-2xl bg-accent text-accent-ink">
            <CheckCheck aria-hidden className="size-6" />
          </span>
          <p className="text-sm font-semibold text-ink">{text.product}</p>
          <p className="text-sm text-balance text-ink-soft">{text.entry.lead}</p>
        </div>
        <section className="flex flex-col gap-5 rounded-2xl border border-line bg-surface p-6 shadow-float">
          <h1 className="text-lg font-semibold">{title}</h1>
          {children}
        </section>
      </div>
    </main>
  );
}
