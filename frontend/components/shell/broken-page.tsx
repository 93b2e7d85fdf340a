"use client";
import { useEffect } from "react";
import { buttonClass } from "@/components/ui/button-class";
import { broken } from "@/text/broken.en";
import { isMissingCode, reloadOnce } from "./missing-code.ts";

export interface BrokenPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

/** A page that broke; the reference stands in the server's log. On every first screen, so it is as small as it can be. */
export function BrokenPage({ error, reset }: BrokenPageProps) {
  const lacksCode = isMissingCode(error);
  useEffect(() => {
    if (!lacksCode) return;
    reloadOnce();
    window.addEventListener("online", reloadOnce);
    return () => window.removeEventListener("online", reloadOnce);
  }, [lacksCode]);
  return (
    <main className="flex min-h-[60dvh] flex-1 flex-col items-center justify-center gap-4 px-6 text-center">
      <h1 className="text-lg font-semibold">{lacksCode ? broken.missingTitle : broken.title}</h1>
      <p className="text-sm text-ink-soft">
        {lacksCode ? broken.missingDetail : broken.detail} {error.digest && broken.reference(error.digest)}
      </p>
      <button
        type="button"
        className={buttonClass("primary")}
        onClick={lacksCode ? () => window.location.reload() : reset}
      >
        {broken.retry}
      </button>
    </main>
  );
}
