/** What can be done now, by which keys: one list for the keyboard, the palette and the page of shortcuts. */
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

export type CommandGroup = "go" | "tasks" | "task" | "app";

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** `j`, `mod+k` (Ctrl, or Cmd on a Mac), or one after the other: `g t`. */
  readonly keys?: string;
  /** Not in the palette: it says nothing without the list, such as "next task". @default false */
  readonly keysOnly?: boolean;
  readonly run: () => void;
}

const offered = new Map<symbol, readonly Command[]>();
const listeners = new Set<() => void>();
let all: readonly Command[] = [];

function changed(): void {
  all = [...offered.values()].flat();
  for (const listener of listeners) listener();
}

/** The last that was offered wins where two want the same keys: what is on top is meant. */
export const commandFor = (keys: string): Command | undefined => all.findLast((command) => command.keys === keys);

/** Whether a longer sequence begins so. */
export const beginsSequence = (keys: string): boolean => all.some((command) => command.keys?.startsWith(`${keys} `));

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const none: readonly Command[] = [];

export const useAllCommands = (): readonly Command[] =>
  useSyncExternalStore(
    subscribe,
    () => all,
    () => none,
  );

/** Offers commands as long as the component is there. What `run` closes over may change without offering anew. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  // Before anybody sees it: a key that comes right after means the task as it is on the screen, not as it was before.
  useLayoutEffect(() => {
    latest.current = commands;
  });
  const shape = JSON.stringify(commands.map(({ run: _, ...rest }) => rest));
  useEffect(() => {
    const owner = Symbol(shape);
    offered.set(
      owner,
      latest.current.map((command, i) => ({ ...command, run: () => latest.current[i]?.run() })),
    );
    changed();
    return () => {
      offered.delete(owner);
      changed();
    };
  }, [shape]);
}
