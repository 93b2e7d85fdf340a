"use client";
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@/components/ui/dialog";
import { text } from "@/text";
import { type Command, useAllCommands } from "./commands.ts";
import { KeysLabel } from "./keys-label.tsx";

/** Every command by its name: type, choose with the arrows, press Enter. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const commands = useAllCommands().filter(({ keysOnly }) => !keysOnly);
  const run = (command: Command): void => {
    onClose();
    // After the dialog gave the focus back, which would otherwise take it from what the command opens.
    setTimeout(command.run, 0);
  };
  return (
    <Dialog open onOpenChange={onClose} title={text.keyboard.palette} hideTitle width="max-w-lg">
      <Autocomplete.Root
        open
        inline
        autoHighlight="always"
        keepHighlight
        items={commands}
        itemToStringValue={(command: Command) => command.title}
      >
        <Autocomplete.Input
          aria-label={text.keyboard.palette}
          placeholder={text.keyboard.placeholder}
          className="h-10 w-full border-b border-line bg-transparent px-2 text-[15px] outline-none placeholder:text-ink-faint"
        />
        <Autocomplete.Empty className="px-2 text-sm text-ink-soft empty:hidden">
          {text.keyboard.none}
        </Autocomplete.Empty>
        <Autocomplete.List className="-mx-2 max-h-[50vh] overflow-y-auto empty:hidden">
          {(command: Command) => (
            <Autocomplete.Item
              key={command.id}
              value={command}
              onClick={() => run(command)}
              className="flex h-10 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm outline-none data-highlighted:bg-hover"
            >
              <span className="flex-1 truncate">{command.title}</span>
              <span className="text-xs text-ink-faint">{text.keyboard.groups[command.group]}</span>
              {command.keys && <KeysLabel keys={command.keys} />}
            </Autocomplete.Item>
          )}
        </Autocomplete.List>
      </Autocomplete.Root>
    </Dialog>
  );
}
