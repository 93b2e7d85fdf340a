import { text } from "@/text";

const words = text.chat;

/** Before the first word: what can be said, as examples that a click says. */
export function Welcome({ onPick }: { readonly onPick?: (text: string) => void }) {
  return (
    <div className="mx-auto flex min-h-full max-w-xl flex-col items-center justify-center gap-6 py-8 text-center">
      <div className="flex flex-col gap-2">
        <h2 className="text-2xl font-semibold text-balance">{words.welcome}</h2>
        <p className="text-balance text-ink-soft">{words.welcomeDetail}</p>
      </div>
      <ul aria-label={words.suggestionsLabel} className="grid w-full gap-2 text-left sm:grid-cols-2">
        {words.suggestions.map((suggestion) => (
          <li key={suggestion}>
            <button
              type="button"
              onClick={() => onPick?.(suggestion)}
              className="h-full w-full rounded-xl border border-line bg-surface px-3.5 py-3 text-left text-sm text-ink-soft transition-colors hover:bg-hover hover:text-ink"
            >
              {suggestion}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
