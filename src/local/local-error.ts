/** Something on this machine hinders the local run: one line for people, with the remedy in it. */
export class LocalError extends Error {
  override readonly name = "LocalError";
}
