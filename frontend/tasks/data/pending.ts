/**
 * Changes on their way, as they are shown before the service has said so. An answer that was asked for earlier, or while the
 * service was away, does not know of them: they are shown over it again, or the list would jump back and forth.
 */
interface Pending {
  readonly taskId: string;
  readonly show: () => void;
}

const pending = new Set<Pending>();

/** @returns to be called when the service has answered */
export function showPending(taskId: string, show: () => void): () => void {
  const change = { taskId, show };
  show();
  pending.add(change);
  return () => pending.delete(change);
}

/** In the order in which they were made. */
export function showPendingAgain(): void {
  for (const { show } of pending) show();
}

/** The draft of a task that is known meanwhile: its answer is on its way or got lost. */
export function forgetPending(taskId: string): void {
  for (const change of pending) if (change.taskId === taskId) pending.delete(change);
}
