"use client";
import { Plus, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type RefObject, useMemo, useState } from "react";
import type { NewTask } from "#contracts/http/tasks";
import { Button } from "@/components/ui/button";
import { text } from "@/text";
import { HighlightedInput } from "./highlighted-input.tsx";
import type { AddReading, Region } from "./reading.ts";
import { movedRegions } from "./regions.ts";

const words = text.tasks.add;

type Reader = typeof import("./reading.ts").readAsTask;

/** The understanding comes when somebody is about to type, not before. */
let loading: Promise<Reader> | undefined;
const loadReader = (): Promise<Reader> => {
  loading ??= import("./reading.ts").then((m) => m.readAsTask);
  return loading;
};

export interface QuickAddProps {
  readonly timeZone: string;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onAdd: (task: NewTask) => void;
}

const nothing: AddReading = { task: undefined, spans: [] };

/** One line that becomes a task. What it understood is marked as one types; a click takes the mark away. */
export function QuickAdd({ timeZone, inputRef, onAdd }: QuickAddProps) {
  const [value, setValue] = useState("");
  const [ignored, setIgnored] = useState<readonly Region[]>([]);
  const [read, setRead] = useState<Reader>();
  const [wrong, setWrong] = useState<string>();
  const reading = useMemo(
    () => (read && value.trim() !== "" ? read(value, timeZone, ignored) : nothing),
    [read, value, timeZone, ignored],
  );
  const marks = reading.spans.filter(({ kind }) => kind !== "verb");

  const prepare = (): void => {
    loadReader().then(
      (reader) => setRead(() => reader),
      () => {
        loading = undefined; // the next key tries again; until then words stay plain
      },
    );
  };

  const type = (next: string): void => {
    if (!read) prepare();
    setWrong(undefined);
    setIgnored((regions) => movedRegions(regions, value, next));
    setValue(next);
  };

  const ignore = (region: Region): void => {
    setIgnored((regions) => [...regions, { start: region.start, end: region.end }]);
    inputRef.current?.focus();
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = value.trim();
    if (given === "") return;
    // Whoever types faster than the network still gets what was meant, not a title with a date in it.
    const reader = read ?? (await loadReader().catch(() => undefined));
    const task = reader ? reader(value, timeZone, ignored).task : { title: given, timeZone };
    if (!task) {
      setWrong(words.titleMissing);
      return;
    }
    onAdd(task);
    setValue("");
    setIgnored([]);
    setWrong(undefined);
  };

  const leave = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== "Escape") return;
    if (value !== "") type("");
    else event.currentTarget.blur();
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="mx-auto w-full max-w-3xl">
      <div className="flex items-center gap-1 rounded-xl border border-line-strong/60 bg-surface pr-1.5 pl-3 shadow-xs transition-colors focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/40">
        <Plus aria-hidden className="size-5 shrink-0 text-ink-faint" />
        <HighlightedInput
          ref={inputRef}
          label={words.label}
          placeholder={words.placeholder}
          value={value}
          marks={marks}
          invalid={wrong !== undefined}
          onChange={type}
          onFocus={prepare}
          onKeyDown={leave}
          onMarkClick={ignore}
        />
        {value.trim() !== "" && (
          <Button type="submit" look="primary" size="small">
            {words.button}
          </Button>
        )}
      </div>
      <p role="alert" className="px-3 pt-1.5 text-[13px] text-danger empty:hidden">
        {wrong}
      </p>
      {marks.length > 0 && (
        <ul aria-label={words.understood} className="flex flex-wrap gap-1.5 px-1 pt-2">
          {marks.map((mark) => (
            <li key={`${mark.start} ${mark.kind}`}>
              <button
                type="button"
                aria-label={words.ignore(mark.text)}
                onClick={() => ignore(mark)}
                className="flex h-7 items-center gap-1.5 rounded-full bg-accent-soft pr-2 pl-2.5 text-[13px] text-ink hover:bg-hover"
              >
                <span className="text-ink-soft">{words.kinds[mark.kind]}</span>
                {mark.text}
                <X aria-hidden className="size-3.5 text-ink-faint" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
