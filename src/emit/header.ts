const start = "# Rendered by npm run synth from ";
const end = "; edit src/system.ts or src/environments.ts instead.\n";

/** First line of every rendered file. @param origin the model entry it comes from, e.g. `services.tasks` */
export function header(origin: string): string {
  return `${start}${origin.replace(/[^!-~]+/g, " ")}${end}`;
}

/** Whether we rendered the file: that its text begins with our header is all that counts. */
export function isOwned(text: string): boolean {
  return text.startsWith(start);
}

/** The model entry that a file with our header comes from; empty without one. */
export function originOfHeader(text: string): string {
  return isOwned(text) ? text.slice(start.length, text.indexOf(end)) : "";
}
