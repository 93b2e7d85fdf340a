import { text } from "@/text";
import { listClass, type RowsProps } from "./rows-props.ts";

/** More than fit on a screen, few enough to render at once. */
const FIRST = 25;

/** The beginning of the list as the server renders it, until the code for long lists is there. */
export function FirstRows({ rows, busy, render }: Pick<RowsProps, "rows" | "busy" | "render">) {
  return (
    <ul aria-label={text.tasks.list} aria-busy={busy} className={listClass}>
      {rows.slice(0, FIRST).map((row) => (
        <li key={row.id}>{render(row)}</li>
      ))}
    </ul>
  );
}
