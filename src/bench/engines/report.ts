/** Results for people: the ratio first, as it is what holds on another machine too. */
import { isMet, type Measurement } from "./compare.ts";
import type { Profile } from "./profile.ts";

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

/** A process a line: memory, then processor time idle and for one unit of each phase's work. */
export function profileTable({ phases, processes }: Profile): string {
  const width = Math.max(...Object.keys(processes).map(({ length }) => length));
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(11)).join("")}`;
  const names = phases.map(({ name }) => name);
  const numbers = names.map((_, index) => `[${index + 1}]`);
  const legend = phases.map(({ name, rate, count, statements }, index) => {
    const sql = Object.entries(statements).map(([role, calls]) => `${role.replace(/^todo_/, "")} ${calls.toFixed(1)}`);
    return `[${index + 1}] ${name}: ${count} at ${figure(rate)}/s; statements for one: ${sql.join(", ")}`;
  });
  return [
    "",
    line("", ["MiB idle", "MiB peak", "m idle", ...numbers.map((number) => `ms ${number}`)]),
    ...Object.entries(processes).map(([name, { idleMebibytes, peakMebibytes, idleMillicores, cpuMilliseconds }]) =>
      line(name, [
        idleMebibytes.toFixed(0),
        peakMebibytes.toFixed(0),
        idleMillicores.toFixed(0),
        ...names.map((phase) => (cpuMilliseconds[phase] ?? Number.NaN).toFixed(2)),
      ]),
    ),
    "",
    ...legend,
  ].join("\n");
}
