import type { Severity } from "./flags/rule.ts";

/** How a node of the picture is touched: by its worst flag, or only changed. */
export type NodeMark = Severity | "none";

/** Marks the changed nodes of the topology; the others step back. Names that the picture does not have are left out. */
export function markTopology(svg: string, marks: ReadonlyMap<string, NodeMark>): string {
  return svg
    .replace("<svg ", '<svg class="d-picture" ')
    .replace(
      /<g id="node\d+" class="node([^"]*)">\s*<title>([^<]*)<\/title>/g,
      (whole, classes: string, id: string) => {
        const mark = marks.get(id);
        const extra = mark === undefined ? " d-quiet" : ` d-touched d-touched-${mark}`;
        return whole.replace(`class="node${classes}"`, `class="node${classes}${extra}"`);
      },
    );
}
