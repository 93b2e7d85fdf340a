/** The last change that can be taken back, for the key that does it. */

let last: (() => void) | undefined;

/** @returns `once` takes it back, and nothing a second time */
export function rememberUndo(run: () => void): { readonly once: () => void; readonly forget: () => void } {
  let over = false;
  const forget = (): void => {
    over = true;
    if (last === once) last = undefined;
  };
  const once = (): void => {
    if (over) return;
    forget();
    run();
  };
  last = once;
  return { once, forget };
}

export const undoLast = (): void => last?.();
