"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { late } from "@/components/late/late";
import { text } from "@/text";
import { beginsSequence, type Command, commandFor, useCommands } from "./commands.ts";
import { openers } from "./openers.ts";

const giveUp = ({ onClose }: { readonly onClose: () => void }): void => onClose();
const Palette = late(() => import("./palette.tsx").then((m) => m.Palette), { giveUp });
const Shortcuts = late(() => import("./shortcuts.tsx").then((m) => m.Shortcuts), { giveUp });

/** How long the first key of two is remembered. */
const SEQUENCE_MS = 1_200;

const typesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]") !== null;

/** A dialog or an open menu has the keyboard to itself. */
const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;

/** @returns undefined for keys that are no shortcut's: modifiers alone, and what belongs to browser and system */
function nameOf(event: KeyboardEvent): string | undefined {
  if (event.isComposing || event.altKey || ["Shift", "Control", "Meta", "Alt"].includes(event.key)) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

/** Listens for the page, and opens the palette and the list of shortcuts. */
export function Keyboard() {
  const router = useRouter();
  const [open, setOpen] = useState<"palette" | "shortcuts">();

  useEffect(() => {
    let begun = "";
    let since = 0;
    const listen = (event: KeyboardEvent): void => {
      const key = nameOf(event);
      if (key === undefined || event.defaultPrevented) return;
      const withModifier = key.startsWith("mod+");
      if (!withModifier && (typesText(event.target) || isElsewhere(event.target))) return;
      const sequence = begun !== "" && event.timeStamp - since < SEQUENCE_MS ? `${begun} ${key}` : key;
      const command = commandFor(sequence) ?? commandFor(key);
      begun = "";
      if (command) {
        event.preventDefault();
        command.run();
      } else if (beginsSequence(key)) {
        begun = key;
        since = event.timeStamp;
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  useEffect(() => {
    openers.palette = () => setOpen("palette");
    openers.shortcuts = () => setOpen("shortcuts");
  }, []);

  const go = (id: string, title: string, keys: string, path: string): Command => ({
    id,
    title,
    group: "go",
    keys,
    run: () => router.push(path),
  });
  useCommands([
    {
      id: "palette",
      title: text.keyboard.palette,
      group: "app",
      keys: "mod+k",
      keysOnly: true,
      run: () => setOpen("palette"),
    },
    { id: "shortcuts", title: text.keyboard.show, group: "app", keys: "?", run: () => setOpen("shortcuts") },
    go("go-chat", text.navigation.chat, "g c", "/"),
    go("go-tasks", text.navigation.tasks, "g t", "/tasks"),
    go("go-activity", text.navigation.activity, "g a", "/activity"),
    go("go-insights", text.navigation.insights, "g i", "/insights"),
    go("go-settings", text.navigation.settings, "g s", "/settings"),
  ]);

  const close = (): void => setOpen(undefined);
  return (
    <>
      {open === "palette" && <Palette onClose={close} />}
      {open === "shortcuts" && <Shortcuts onClose={close} />}
    </>
  );
}
