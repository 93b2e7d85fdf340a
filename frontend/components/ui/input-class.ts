/** How fields look, also those that no component of ours renders. */
export const inputClass =
  "w-full rounded-lg border border-line-strong/60 bg-surface px-3 text-sm text-ink placeholder:text-ink-faint transition-colors hover:border-line-strong focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent/40 data-invalid:border-danger disabled:opacity-60";
