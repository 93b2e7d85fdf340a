"use client";
import type { Conversation } from "#contracts/http/chat";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { text } from "@/text";
import { useConversationActions } from "../data/changes.ts";

const words = text.chat;

export interface RemoveDialogProps {
  readonly conversation: Conversation;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

/** Asks first, because nothing brings a conversation back. */
export function RemoveDialog({ conversation, onRemoved, onClose }: RemoveDialogProps) {
  const { remove } = useConversationActions();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.removeTitle} description={words.removeDetail}>
      <p className="text-sm wrap-anywhere">{conversation.title ?? words.untitled}</p>
      <DialogActions>
        <Button onClick={onClose}>{text.common.cancel}</Button>
        <Button
          look="danger"
          onClick={() => {
            remove(conversation);
            onClose();
            onRemoved();
          }}
        >
          {words.remove}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
