/** What a figure was measured on: without it the figure says nothing. */
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGibibytes: number;
  /** Processes that wanted a core in the minute before: above the cores, others were at work too. */
  readonly loadBefore: number;
  readonly node: string;
  readonly platform: string;
  /** ISO date. */
  readonly date: string;
}

export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? "unknown",
  memoryGibibytes: Math.round((totalmem() / 2 ** 30) * 10) / 10,
  loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  date: new Date().toISOString().slice(0, 10),
});

export const machineLine = (machine: Machine): string =>
  `${machine.date}, ${machine.cores} cores (${machine.cpu}), ${machine.memoryGibibytes} GiB, ${machine.platform}, ` +
  `node ${machine.node}, load ${machine.loadBefore} before the start`;
