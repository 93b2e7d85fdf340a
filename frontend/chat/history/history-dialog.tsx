"use client";
import { SquarePen } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { text } from "@/text";
import { ConversationList } from "./conversation-list.tsx";

const words = text.chat;

export interface HistoryDialogProps {
  readonly current: string;
  /** `undefined`: a new one. */
  readonly onOpen: (id: string | undefined) => void;
  readonly onClose: () => void;
}

/** Earlier conversations where there is no room for them at the side. */
export function HistoryDialog({ current, onOpen, onClose }: HistoryDialogProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.history}>
      <Button look="primary" onClick={() => onOpen(undefined)}>
        <SquarePen aria-hidden className="size-4" />
        {words.newChat}
      </Button>
      <ConversationList current={current} onOpen={onOpen} className="-mx-2 max-h-[55dvh] overflow-y-auto" />
    </Dialog>
  );
}
