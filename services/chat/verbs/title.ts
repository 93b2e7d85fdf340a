const LONGEST = 60;

/** A conversation's title from its first message: its first line, cut between words. */
export function titleFrom(text: string): string {
  const line = (text.trim().split(/[\r\n]/)[0] ?? "").replace(/\s+/g, " ").trim();
  const title = line.length <= LONGEST ? line : `${cut(line)}…`;
  return title.charAt(0).toLocaleUpperCase("en") + title.slice(1);
}

function cut(line: string): string {
  // By code point: half of a surrogate pair cannot be stored.
  const head = [...line.slice(0, LONGEST)].slice(0, LONGEST - 1).join("");
  const space = head.lastIndexOf(" ");
  return (space > LONGEST / 2 ? head.slice(0, space) : head.toWellFormed().replace(/\uFFFD$/, "")).replace(
    /[\s,;:.-]+$/,
    "",
  );
}
