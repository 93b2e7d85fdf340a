/** Grafana dashboards as typed data: rows of panels, laid out on Grafana's grid of 24 columns; same input, same text. */

/** Grafana's names of units. */
export type Unit = "reqps" | "ops" | "s" | "ms" | "percentunit" | "bytes" | "Bps" | "short" | "dateTimeFromNow";

export interface Query {
  readonly expr: string;
  /** Name of a series, e.g. `{{service}}`. */
  readonly legend: string;
}

export interface Thresholds {
  readonly warning: number;
  readonly critical: number;
}

interface PanelProps {
  readonly title: string;
  /** What a reader should take from it, shown at the panel's title. */
  readonly description?: string;
  readonly queries: readonly Query[];
  readonly unit: Unit;
  /** Columns of 24. */
  readonly width: 4 | 6 | 8 | 12 | 24;
  /** Where a line or a background turns orange and red; a greater `warning` than `critical` means that less is worse. */
  readonly thresholds?: Thresholds;
}

export type Panel = PanelProps & {
  readonly kind: "timeseries" | "stat" | "table";
  readonly stacked?: boolean;
};

/** Lines of logs, by a query of Loki. */
export interface LogsPanel {
  readonly kind: "logs";
  readonly title: string;
  readonly description?: string;
  readonly query: string;
}

export const timeseries = (props: PanelProps & { readonly stacked?: boolean }): Panel => ({
  kind: "timeseries",
  ...props,
});

export const stat = (props: PanelProps): Panel => ({ kind: "stat", ...props });

/** One row for each series, with its last value. */
export const table = (props: PanelProps): Panel => ({ kind: "table", ...props });

export const logs = (props: Omit<LogsPanel, "kind">): LogsPanel => ({ kind: "logs", ...props });

export interface Row {
  readonly title: string;
  readonly panels: readonly (Panel | LogsPanel)[];
}

/** A choice at the top of the dashboard, used in queries as `=~"$name"`. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
}

export interface Dashboard {
  /** Stable for ever: links and bookmarks hold it. At most 40 characters. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

const COLUMNS = 24;
const PROMETHEUS = { type: "prometheus", uid: "$" + "{datasource}" };
const LOKI = { type: "loki", uid: "loki" };
const HEIGHT = { timeseries: 8, table: 8, stat: 4, logs: 10 } as const;

function thresholds(of: Thresholds | undefined) {
  if (!of) return { mode: "absolute", steps: [{ color: "green", value: null }] };
  const { warning, critical } = of;
  const worseAbove = critical >= warning;
  const steps = worseAbove
    ? [
        { color: "green", value: null },
        { color: "orange", value: warning },
        { color: "red", value: critical },
      ]
    : [
        { color: "red", value: null },
        { color: "orange", value: critical },
        { color: "green", value: warning },
      ];
  return { mode: "absolute", steps };
}

const refId = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);

const target = ({ kind }: Panel, { expr, legend }: Query, index: number) => ({
  refId: refId(index),
  expr,
  legendFormat: legend,
  ...(kind === "timeseries" ? { range: true } : { instant: true }),
  ...(kind === "table" ? { format: "table" } : {}),
});

const lines = ({ stacked, thresholds: drawn }: Panel) => ({
  fillOpacity: stacked ? 30 : 5,
  showPoints: "never",
  stacking: { mode: stacked ? "normal" : "none" },
  thresholdsStyle: { mode: drawn ? "dashed" : "off" },
});

function options({ kind }: Panel) {
  switch (kind) {
    case "timeseries":
      return {
        legend: { displayMode: "table", placement: "bottom", calcs: ["lastNotNull", "max"] },
        tooltip: { mode: "multi", sort: "desc" },
      };
    case "stat":
      return { colorMode: "background", graphMode: "none", reduceOptions: { calcs: ["lastNotNull"] } };
    case "table":
      return { cellHeight: "sm", showHeader: true };
    default:
      return kind satisfies never;
  }
}

function panelJson(panel: Panel | LogsPanel) {
  const { title, description } = panel;
  const head = { type: panel.kind, title, ...(description ? { description } : {}) };
  if (panel.kind === "logs") {
    const logsTarget = { refId: "A", expr: panel.query };
    return {
      ...head,
      datasource: LOKI,
      targets: [logsTarget],
      options: { wrapLogMessage: true, sortOrder: "Descending" },
    };
  }
  return {
    ...head,
    datasource: PROMETHEUS,
    targets: panel.queries.map((query, index) => target(panel, query, index)),
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        thresholds: thresholds(panel.thresholds),
        ...(panel.kind === "timeseries" ? { min: 0, custom: lines(panel) } : {}),
      },
      overrides: [],
    },
    options: options(panel),
    // A table shows a label a column; time is the same in each row.
    ...(panel.kind === "table"
      ? { transformations: [{ id: "organize", options: { excludeByName: { Time: true, __name__: true } } }] }
      : {}),
  };
}

const widthOf = (panel: Panel | LogsPanel): number => (panel.kind === "logs" ? COLUMNS : panel.width);

/** Places panels from left to right, in lines as high as their highest. Ids are positions: they are only for Grafana. */
function layOut(rows: readonly Row[]) {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const [w, h] = [widthOf(panel), HEIGHT[panel.kind]];
      if (x + w > COLUMNS) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      placed.push({ id: placed.length + 1, gridPos: { x, y, w, h }, ...panelJson(panel) });
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return placed;
}

const variableJson = ({ name, label, values }: Variable) => ({
  type: "custom",
  name,
  label,
  query: values.join(","),
  multi: true,
  includeAll: true,
  allValue: values.join("|"),
  current: { text: "All", value: "$__all" },
});

/** Syncs of Argo CD as vertical lines: what changed, when. */
const deployments = {
  name: "Deployments",
  datasource: PROMETHEUS,
  enable: true,
  iconColor: "blue",
  expr: 'sum by (name) (increase(argocd_app_sync_total{phase="Succeeded"}[1m])) > 0',
  titleFormat: "{{name}} deployed",
};

/** The text of a dashboard's file. */
export function dashboardJson({ uid, title, description, variables, rows }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    description,
    tags: ["todo"],
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    templating: {
      list: [
        { type: "datasource", name: "datasource", label: "Data source", query: "prometheus" },
        ...variables.map(variableJson),
      ],
    },
    annotations: { list: [deployments] },
    links: [{ type: "dashboards", title: "todo", tags: ["todo"], includeVars: true, keepTime: true }],
    panels: layOut(rows),
  };
  return `${JSON.stringify(dashboard, null, 1)}\n`;
}
