import { parser } from "@prometheus-io/lezer-promql";

export interface Selector {
  readonly metric: string;
  /** Labels that the selector's matchers name. */
  readonly labels: readonly string[];
}

export interface ParsedQuery {
  /** Text where the grammar does not match; empty for a valid query. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
}

/** Reads a query with Prometheus' own grammar for editors. */
export function parseQuery(query: string): ParsedQuery {
  const errors: string[] = [];
  const selectors: { metric: string; labels: string[] }[] = [];
  const text = (node: { from: number; to: number }): string => query.slice(node.from, node.to);
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(query.slice(Math.max(0, node.from - 20), node.to + 20));
      if (node.name === "VectorSelector") selectors.push({ metric: "", labels: [] });
      const current = selectors.at(-1);
      if (!current) return;
      if (node.name === "Identifier" && node.node.parent?.name === "VectorSelector") current.metric = text(node);
      if (node.name === "LabelName" && node.node.parent?.name === "UnquotedLabelMatcher")
        current.labels.push(text(node));
    },
  });
  return { errors, selectors };
}
