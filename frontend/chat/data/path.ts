/** Which conversation an address means; the start is a new one. */
export const START = "/";

export const pathOf = (id: string | undefined): string => (id === undefined ? START : `/chat/${id}`);

export const conversationAt = (path: string): string | undefined => /^\/chat\/([^/]+)$/.exec(path)?.[1];

/** From one conversation to another the page stays, so nothing is asked of the server that is here already. */
export function goTo(id: string | undefined): void {
  window.history.pushState(null, "", pathOf(id));
}
