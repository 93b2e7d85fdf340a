/** Whether the tasks stand beside the chat. Kept in a cookie that the server reads, so that nothing jumps. */
export const BESIDE_COOKIE = "tasks-beside";

export const isOpenBy = (cookie: string | undefined): boolean => cookie !== "no";

export function keepChoice(open: boolean): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${BESIDE_COOKIE}=${open ? "yes" : "no"}; path=/; max-age=31536000; samesite=lax`;
}
