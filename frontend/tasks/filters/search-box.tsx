"use client";
import { Search, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { cx } from "@/components/ui/cx";
import { inputClass } from "@/components/ui/input-class";
import { text } from "@/text";

const words = text.tasks.search;

/** Short enough to feel immediate, long enough to ask once a word. */
const TYPING_MS = 200;

export interface SearchBoxProps {
  readonly value: string;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onSearch: (text: string) => void;
}

export function SearchBox({ value, inputRef, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);

  // The address changed by other means: the back button, or "clear filters".
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);

  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      onSearch(wanted);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);

  const clear = (): void => {
    setTyped("");
    inputRef.current?.focus();
  };
  return (
    <search className="relative min-w-0 flex-1 basis-full sm:basis-0">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
      />
      <input
        ref={inputRef}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={words.label}
        placeholder={words.placeholder}
        value={typed}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (typed === "") event.currentTarget.blur();
          else clear();
        }}
        className={cx(inputClass, "h-9 pr-9 pl-9")}
      />
      {typed !== "" && (
        <button
          type="button"
          aria-label={words.clear}
          onClick={clear}
          className="absolute top-1/2 right-1 grid size-7 -translate-y-1/2 place-items-center rounded-md text-ink-faint hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </search>
  );
}
