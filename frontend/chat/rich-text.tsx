import { Fragment, type ReactNode } from "react";

/** Text only grows at its end, so the place of a piece tells it apart for good. */
const placed = <T,>(items: readonly T[]) => items.map((item, at) => ({ at, item }));

/** **bold**, `code`; everything else is what it is. */
function inline(text: string): ReactNode[] {
  return placed(text.split(/(\*\*[^*\n]+\*\*|`[^`\n]+`)/g)).map(({ at: key, item: piece }) => {
    if (/^\*\*.+\*\*$/.test(piece)) return <strong key={key}>{piece.slice(2, -2)}</strong>;
    if (/^`.+`$/.test(piece)) {
      return (
        <code key={key} className="rounded bg-sunken px-1 font-mono text-[0.92em]">
          {piece.slice(1, -1)}
        </code>
      );
    }
    return <Fragment key={key}>{piece}</Fragment>;
  });
}

const BULLET = /^\s*[-*•] +/;
const NUMBERED = /^\s*\d+[.)] +/;

function Block({ lines }: { readonly lines: readonly string[] }) {
  const List = lines.every((line) => BULLET.test(line))
    ? "ul"
    : lines.every((line) => NUMBERED.test(line))
      ? "ol"
      : null;
  if (List) {
    return (
      <List className={List === "ul" ? "list-disc pl-5" : "list-decimal pl-5"}>
        {placed(lines).map(({ at, item: line }) => (
          <li key={at}>{inline(line.replace(List === "ul" ? BULLET : NUMBERED, ""))}</li>
        ))}
      </List>
    );
  }
  return (
    <p>
      {placed(lines).map(({ at, item: line }) => (
        <Fragment key={at}>
          {at > 0 && <br />}
          {inline(line)}
        </Fragment>
      ))}
    </p>
  );
}

/** Lines of one kind belong together: a list, or a paragraph. */
function blocksOf(text: string): string[][] {
  const kind = (line: string): string =>
    line.trim() === "" ? "" : BULLET.test(line) ? "ul" : NUMBERED.test(line) ? "ol" : "p";
  const blocks: string[][] = [];
  let before = "";
  for (const line of text.split("\n")) {
    const now = kind(line);
    if (now !== "" && now === before) blocks.at(-1)?.push(line);
    else if (now !== "") blocks.push([line]);
    before = now;
  }
  return blocks;
}

/** What language models write, as far as it says something: paragraphs, lists, bold, code. Never HTML. */
export function RichText({ text }: { readonly text: string }) {
  return (
    <div className="flex flex-col gap-2 break-words">
      {placed(blocksOf(text)).map(({ at, item: lines }) => (
        <Block key={at} lines={lines} />
      ))}
    </div>
  );
}
