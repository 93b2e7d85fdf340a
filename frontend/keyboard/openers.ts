/** Opens the palette and the list of shortcuts from a button; the keyboard's component fills them in. */
export const openers: { palette: () => void; shortcuts: () => void } = {
  palette: () => undefined,
  shortcuts: () => undefined,
};
