"use client";
import { TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { State } from "@/components/ui/states";
import { text } from "@/text";

export interface BrokenPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

/** A page that broke: the rest of the product goes on. The reference stands in the server's log. */
export function BrokenPage({ error, reset }: BrokenPageProps) {
  return (
    <main className="grid min-h-[60dvh] flex-1 place-items-center">
      <State
        icon={TriangleAlert}
        title={text.broken.title}
        detail={`${text.broken.detail}${error.digest ? ` ${text.broken.reference(error.digest)}.` : ""}`}
      >
        <Button look="primary" onClick={reset}>
          {text.common.retry}
        </Button>
      </State>
    </main>
  );
}
