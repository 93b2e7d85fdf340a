/** Short messages at the edge of the screen. Reached from anywhere; what shows them is loaded with the first. */

export interface ToastProps {
  readonly title: string;
  readonly detail?: string;
  /** `error` is announced at once, and stays until it is read. @default info */
  readonly kind?: "info" | "error";
  /** What can be done about it. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** A toast with the same key replaces the one before. */
  readonly key?: string;
}

export interface QueuedToast extends ToastProps {
  readonly id: string;
}

export interface ToastTaker {
  readonly show: (toast: QueuedToast) => void;
  readonly close: (id: string) => void;
}

let waiting: QueuedToast[] = [];
let taker: ToastTaker | undefined;
const wanted = new Set<() => void>();
let count = 0;

/** @returns what takes it away again */
export function showToast(toast: ToastProps): () => void {
  const id = toast.key ?? `toast ${++count}`;
  if (taker) taker.show({ ...toast, id });
  else {
    waiting = [...waiting.filter((other) => other.id !== id), { ...toast, id }];
    for (const tell of wanted) tell();
  }
  return () => {
    waiting = waiting.filter((other) => other.id !== id);
    taker?.close(id);
  };
}

/** For the component that shows them, once it is there: it gets what waits, and everything after. */
export function takeToasts(next: ToastTaker): () => void {
  taker = next;
  for (const toast of waiting.splice(0)) next.show(toast);
  return () => {
    taker = undefined;
  };
}

/** Whether there has been one. */
export function onFirstToast(tell: () => void): () => void {
  wanted.add(tell);
  if (waiting.length > 0) tell();
  return () => wanted.delete(tell);
}
