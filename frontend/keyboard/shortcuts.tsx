"use client";
import { Dialog } from "@/components/ui/dialog";
import { text } from "@/text";
import { type CommandGroup, useAllCommands } from "./commands.ts";
import { KeysLabel } from "./keys-label.tsx";

const groups = Object.entries(text.keyboard.groups) as [CommandGroup, string][];

/** Every key that does something on this page. */
export function Shortcuts({ onClose }: { readonly onClose: () => void }) {
  const commands = useAllCommands().filter(({ keys }) => keys !== undefined);
  return (
    <Dialog open onOpenChange={onClose} title={text.keyboard.title} width="max-w-2xl">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {groups.map(([group, name]) => {
          const own = commands.filter((command) => command.group === group);
          return own.length === 0 ? null : (
            <section key={group} className="flex flex-col gap-1">
              <h3 className="pb-1 text-[13px] font-medium text-ink-faint">{name}</h3>
              <dl className="flex flex-col">
                {own.map(({ id, title, keys }) => (
                  <div key={id} className="flex h-8 items-center justify-between gap-4 text-sm">
                    <dt>{title}</dt>
                    <dd>
                      <KeysLabel keys={keys ?? ""} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
