import { Graphviz } from "@hpcc-js/wasm-graphviz";
import type { System } from "#model/system";
import { dotOf } from "./graph-dot.ts";

const FONTS = "Arial, Helvetica, 'Liberation Sans', sans-serif";

interface Look {
  readonly page: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  /** Fill and outline by class of node. */
  readonly nodes: Readonly<Record<string, readonly [fill: string, outline: string]>>;
  readonly edges: Readonly<Record<string, string>>;
}

const light: Look = {
  page: "#ffffff",
  ink: "#111827",
  quiet: "#4b5563",
  line: "#d1d5db",
  nodes: {
    web: ["#e0f2fe", "#0284c7"],
    api: ["#eff6ff", "#2563eb"],
    consumer: ["#f0fdfa", "#0d9488"],
    topic: ["#fff7ed", "#ea580c"],
    store: ["#f3f4f6", "#6b7280"],
    outside: ["#fff1f2", "#e11d48"],
  },
  edges: { invokes: "#2563eb", publishes: "#ea580c", subscribes: "#7c3aed", stores: "#9ca3af", egress: "#e11d48" },
};

const dark: Look = {
  page: "#0d1117",
  ink: "#f3f4f6",
  quiet: "#b6bec9",
  line: "#3b4452",
  nodes: {
    web: ["#0c2f44", "#38bdf8"],
    api: ["#16264a", "#60a5fa"],
    consumer: ["#0f2f2d", "#2dd4bf"],
    topic: ["#3a2112", "#fb923c"],
    store: ["#262c36", "#9ca3af"],
    outside: ["#3b1520", "#fb7185"],
  },
  edges: { invokes: "#60a5fa", publishes: "#fb923c", subscribes: "#a78bfa", stores: "#7d8694", egress: "#fb7185" },
};

function css(look: Look): string {
  const shapes = (selector: string) =>
    ["path", "polygon", "polyline", "rect"].map((tag) => `${selector} ${tag}`).join(",");
  return [
    `.page{fill:${look.page};stroke:${look.line}}`,
    `text{fill:${look.quiet};font-family:${FONTS}}`,
    `text[font-weight=bold]{fill:${look.ink}}`,
    `.group>path{fill:none;stroke:${look.line}}`,
    ...Object.entries(look.nodes).map(
      ([name, [fill, outline]]) => `${shapes(`.${name}`)}{fill:${fill};stroke:${outline}}`,
    ),
    ...Object.entries(look.edges).map(
      ([name, colour]) => `.${name} path{fill:none;stroke:${colour}}.${name} polygon{fill:${colour};stroke:${colour}}`,
    ),
  ].join("\n");
}

const nodeLegend = [
  ["web", "page in the browser"],
  ["api", "service that is called"],
  ["consumer", "service that only reacts"],
  ["topic", "topic"],
  ["store", "store"],
  ["outside", "host outside"],
] as const;

const edgeLegend = [
  ["invokes", "invokes", ""],
  ["publishes", "publishes", ""],
  ["subscribes", "delivers to its subscriber", ""],
  ["stores", "keeps data in", ' stroke-dasharray="5,2"'],
  ["egress", "calls outside", ' stroke-dasharray="1,5"'],
] as const;

const LEGEND_HEIGHT = 78;

function legend(width: number, top: number): string {
  const entry = (step: number, index: number): number => 28 + index * Math.min(step, (width - 40) / 6);
  const swatches = nodeLegend.map(([name, text], index) => {
    const x = entry(178, index);
    return `<g class="${name}"><rect x="${x}" y="${top + 8}" width="20" height="13" rx="3"/><text x="${x + 27}" y="${top + 19}" font-size="11">${text}</text></g>`;
  });
  const lines = edgeLegend.map(([name, text, dashes], index) => {
    const x = entry(178, index);
    const y = top + 45;
    const head =
      name === "stores" ? "" : `<polygon points="${x + 22},${y - 3.5} ${x + 29},${y} ${x + 22},${y + 3.5}"/>`;
    return `<g class="${name}"><path d="M${x},${y}h22" stroke-width="1.8"${dashes}/>${head}<text x="${x + 36}" y="${y + 4}" font-size="11">${text}</text></g>`;
  });
  return [...swatches, ...lines].join("\n");
}

/** Graphviz places a label by its own idea of the font; the middle of the node is right with any font. */
function centred(node: string): string {
  const outline = /<(?:path|polygon)[^>]* (?:d|points)="([^"]+)"/.exec(node)?.[1] ?? "";
  const xs = [...outline.matchAll(/(-?[\d.]+),-?[\d.]+/g)].map(([, x]) => Number(x));
  const middle = ((Math.min(...xs) + Math.max(...xs)) / 2).toFixed(2);
  return node.replaceAll(/text-anchor="start" x="[^"]+"/g, `text-anchor="middle" x="${middle}"`);
}

/**
 * The topology as one SVG that reads on light and on dark pages; the same model gives the same bytes.
 * @throws Error when Graphviz' answer is not of the form that its pinned version gives
 */
export async function svgOf(model: System): Promise<string> {
  const drawn = (await Graphviz.load()).layout(dotOf(model), "svg", "dot");
  const body = /<g id="graph0"[\s\S]*<\/g>\n(?=<\/svg>)/.exec(drawn)?.[0];
  const [, w, h] = /viewBox="0\.00 0\.00 ([\d.]+) ([\d.]+)"/.exec(drawn) ?? [];
  if (!body || !w || !h) throw new Error("Graphviz answered with an unknown kind of SVG");

  const width = Math.ceil(Number(w));
  const height = Math.ceil(Number(h)) + LEGEND_HEIGHT;
  const graph = body
    .replaceAll(/<!--[\s\S]*?-->\n?/g, "")
    .replaceAll(/<g id="node\d+" class="node[\s\S]*?\n<\/g>/g, centred);
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="topology-title">
<title id="topology-title">${model.name}: services, topics, stores and hosts outside, and who talks to whom</title>
<style>
${css(light)}
@media (prefers-color-scheme: dark) {
${css(dark)}
}
</style>
<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>
${graph}${legend(width, height - LEGEND_HEIGHT)}
</svg>
`;
}
