"use client";
import { Pencil, Trash2 } from "lucide-react";
import { MenuAt, MenuItem } from "@/components/ui/menu";
import { text } from "@/text";

const words = text.chat;

export interface ConversationMenuProps {
  readonly anchor: HTMLElement;
  readonly onRename: () => void;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

/** After the menu gave the focus back, which would otherwise take it from what comes. */
const later = (run: () => void) => (): void => void setTimeout(run, 0);

/** What can be done with a conversation. */
export function ConversationMenu({ anchor, onRename, onRemove, onClose }: ConversationMenuProps) {
  return (
    <MenuAt anchor={anchor} onClose={onClose}>
      <MenuItem onSelect={later(onRename)}>
        <Pencil aria-hidden />
        {words.rename}
      </MenuItem>
      <MenuItem danger onSelect={later(onRemove)}>
        <Trash2 aria-hidden />
        {words.remove}
      </MenuItem>
    </MenuAt>
  );
}
