"use client";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { late } from "@/components/late/late";
import { Button } from "@/components/ui/button";
import { buttonClass } from "@/components/ui/button-class";
import { text } from "@/text";
import { Section } from "./section.tsx";

const words = text.settings;
const DeleteAccount = late(() => import("./delete-account.tsx").then((m) => m.default), {
  giveUp: ({ onClose }) => onClose(),
});

export function YourData() {
  const [deleting, setDeleting] = useState(false);
  return (
    <Section title={words.data}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-ink-soft">{words.exportHint}</p>
        <a href="/api/export" download="todo-assistant.json" className={buttonClass("plain")}>
          <Download aria-hidden className="size-4" />
          {words.export}
        </a>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
        <p className="text-sm text-ink-soft">{words.removeHint}</p>
        <Button look="danger" onClick={() => setDeleting(true)}>
          <Trash2 aria-hidden className="size-4" />
          {words.remove}
        </Button>
      </div>
      {deleting && <DeleteAccount onClose={() => setDeleting(false)} />}
    </Section>
  );
}
