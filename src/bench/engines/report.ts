/** Results for people: the ratio first, as it is what holds on another machine too. */
import { isMet, type Measurement } from "./compare.ts";

const COLUMNS = [10, 16, 16, 12, 12] as const;

const figure = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

function goalText(measurement: Measurement): string {
  const { goal } = measurement;
  if (!goal) return "";
  const sign = goal.kind === "at most" ? "<=" : ">=";
  return `${sign} ${goal.ratio.toFixed(1)} ${isMet(measurement) ? "met" : "MISSED"}`;
}

const row = (cells: readonly string[], what: string): string =>
  `${cells.map((cell, index) => cell.padStart(COLUMNS[index] ?? 0)).join("")}   ${what}`;

export function tableOf(measurements: readonly Measurement[]): string {
  const groups = [...new Set(measurements.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    "",
    group,
    row(["ratio", "of one round", "goal", "first", "second"], ""),
    ...measurements.filter((measurement) => measurement.group === group).map(lineOf),
  ]);
  return lines.join("\n");
}

function lineOf(measurement: Measurement): string {
  const { what, unit, product, bare, ratio, range } = measurement;
  const spread = `${range[0].toFixed(2)} to ${range[1].toFixed(2)}`;
  const values = [product, bare].map((value) => `${figure(value)} ${unit}`);
  return row([ratio.toFixed(2), spread, goalText(measurement), ...values], what);
}
