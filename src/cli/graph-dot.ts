import { type EdgeKind, type NodeKind, topologyOf } from "#model/graph";
import { durationText } from "#model/quantities";
import type { System } from "#model/system";

/** One family that Graphviz has metrics of; the picture names the alternatives. */
export const FONT = "Arial";
const WRAP = 26;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= WRAP) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Two sizes in one label: what it is called, then what it is for. */
const label = (name: string, details: readonly string[]): string =>
  `<<font point-size="14"><b>${escaped(name)}</b></font>${details
    .flatMap(wrapped)
    .map((line) => `<br/><font point-size="10">${escaped(line)}</font>`)
    .join("")}>`;

const shapes: Readonly<Record<NodeKind, string>> = {
  service: 'shape=box style="rounded,filled"',
  topic: 'shape=box style="filled"',
  store: 'shape=cylinder style="filled"',
  outside: 'shape=box style="rounded,filled,dashed"',
};

function describe(model: System, id: string, kind: NodeKind): string[] {
  switch (kind) {
    case "service": {
      const service = model.services[id];
      return service ? [service.purpose] : [];
    }
    case "topic": {
      const topic = model.topics[id];
      if (!topic) return [];
      const kept = `${topic.partitions} partitions, ${durationText(topic.retention)}`;
      return [
        kept,
        topic.kind === "topic"
          ? `in order by ${topic.key}`
          : "what no subscriber could process; every sidecar may add to it",
      ];
    }
    case "store": {
      const store = model.stores[id];
      return store ? [store.purpose] : [];
    }
    case "outside": {
      const outside = model.outside[id];
      return outside ? [`${outside.host === "*" ? "any host" : outside.host}, port ${outside.port}`] : [];
    }
    default:
      return kind satisfies never;
  }
}

interface Group {
  readonly kind: NodeKind;
  readonly title: string;
  readonly rank: "min" | "same" | "max";
  /** Side of the title, away from the edges. */
  readonly at: "t" | "b";
}

const groups: readonly Group[] = [
  { kind: "outside", title: "Outside the cluster", rank: "min", at: "t" },
  { kind: "topic", title: "Topics", rank: "same", at: "b" },
  { kind: "store", title: "Stores", rank: "max", at: "b" },
];

/** Laid out from top to bottom whatever the arrow says: hosts above, services by who calls whom, topics and stores below. */
const drawn: Readonly<Record<EdgeKind, string>> = {
  invokes: "weight=6",
  publishes: "weight=2",
  subscribes: "weight=1 dir=back",
  stores: "weight=1 style=dashed arrowhead=none",
  egress: "weight=2 style=dotted dir=back",
};

/** The picture in Graphviz' language; colours come from classes, so that one file fits light and dark pages. */
export function dotOf(model: System): string {
  const { nodes, edges } = topologyOf(model);
  const quoted = (id: string): string => JSON.stringify(id);
  const nodeClass = (id: string, kind: NodeKind): string =>
    quoted(kind === "service" ? `service ${model.services[id]?.role}` : kind);
  return [
    "digraph topology {",
    "  graph [newrank=true bgcolor=transparent nodesep=0.3 ranksep=0.9 pad=0.3 outputorder=edgesfirst];",
    `  node [fontname="${FONT}" margin="0.16,0.1" penwidth=1.3];`,
    "  edge [penwidth=1.5 arrowsize=0.75];",
    ...nodes.map(
      ({ id, kind }) =>
        `  ${quoted(id)} [class=${nodeClass(id, kind)} ${shapes[kind]} label=${label(id, describe(model, id, kind))}];`,
    ),
    ...groups.flatMap(({ kind, title, rank, at }) => {
      const ids = nodes.filter((node) => node.kind === kind).map(({ id }) => quoted(id));
      if (ids.length === 0) return [];
      const look = `class=group style=rounded labeljust=l labelloc=${at} margin=14 fontname="${FONT}" fontsize=12 label=${quoted(title)}`;
      return [`  subgraph cluster_${kind} { ${look}; ${ids.join("; ")}; }`, `  { rank=${rank}; ${ids.join("; ")}; }`];
    }),
    ...edges.map(({ from, to, kind }) => {
      const [upper, lower] = kind === "egress" ? [to, from] : [from, to];
      const tooltip = quoted(`${from} ${kind} ${to}`);
      return `  ${quoted(upper)} -> ${quoted(lower)} [class=${kind} ${drawn[kind]} edgetooltip=${tooltip}];`;
    }),
    "}",
  ].join("\n");
}
