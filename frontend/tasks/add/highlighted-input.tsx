"use client";
import { type KeyboardEvent, type MouseEvent, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { Span } from "#understanding/types";

export interface HighlightedInputProps {
  readonly ref: Ref<HTMLInputElement | null>;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** Sorted, without overlaps. */
  readonly marks: readonly Span[];
  readonly invalid: boolean;
  readonly onChange: (value: string) => void;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly onMarkClick: (mark: Span) => void;
}

const typography = "h-11 px-2 text-[15px] leading-11 whitespace-pre pointer-coarse:text-base";

/** A line of text over a copy of itself that carries the marks: an input alone cannot colour parts of what it holds. */
export function HighlightedInput(props: HighlightedInputProps) {
  const { ref, label, placeholder, value, marks, invalid, onChange, onFocus, onKeyDown, onMarkClick } = props;
  const input = useRef<HTMLInputElement>(null);
  const copy = useRef<HTMLDivElement>(null);
  useImperativeHandle<HTMLInputElement | null, HTMLInputElement | null>(ref, () => input.current);

  const follow = (): void => {
    if (input.current && copy.current) copy.current.scrollLeft = input.current.scrollLeft;
  };
  useLayoutEffect(() => {
    // Where nothing is written there is nothing to follow: to ask would have the whole page laid out while it is taken over.
    if (value !== "") follow();
  });

  /** A click sets the cursor first: where it stands says which mark was meant. */
  const click = ({ currentTarget }: MouseEvent<HTMLInputElement>): void => {
    const { selectionStart: at, selectionEnd } = currentTarget;
    if (at === null || at !== selectionEnd) return;
    const mark = marks.find(({ start, end }) => start < at && at < end);
    if (mark) onMarkClick(mark);
  };

  return (
    <div className="relative min-w-0 flex-1">
      <div ref={copy} aria-hidden className={`absolute inset-0 overflow-hidden text-transparent ${typography}`}>
        {partsOf(value, marks).map(({ text, mark, start }) =>
          mark ? (
            <mark key={start} className="rounded bg-accent/20 py-0.5 text-transparent">
              {text}
            </mark>
          ) : (
            <span key={start}>{text}</span>
          ),
        )}
      </div>
      <input
        ref={input}
        aria-label={label}
        aria-invalid={invalid}
        placeholder={placeholder}
        value={value}
        maxLength={1_000}
        autoComplete="off"
        enterKeyHint="done"
        onChange={(event) => onChange(event.target.value)}
        onFocus={onFocus}
        onKeyDown={onKeyDown}
        onScroll={follow}
        onClick={click}
        className={`relative w-full bg-transparent text-ink outline-none placeholder:text-ink-faint ${typography}`}
      />
    </div>
  );
}

function partsOf(value: string, marks: readonly Span[]) {
  const parts: { readonly text: string; readonly mark: boolean; readonly start: number }[] = [];
  let from = 0;
  for (const { start, end } of marks) {
    if (start > from) parts.push({ text: value.slice(from, start), mark: false, start: from });
    parts.push({ text: value.slice(start, end), mark: true, start });
    from = end;
  }
  if (from < value.length) parts.push({ text: value.slice(from), mark: false, start: from });
  return parts;
}
