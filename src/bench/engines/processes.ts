/** Memory and processor time of processes, as Linux counts them. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
import { readdirSync, readFileSync } from "node:fs";
import { LocalError } from "#local/local-error";

export interface Use {
  /** Resident; of a process with children the sum of their private shares and what they share once. */
  readonly mebibytes: number;
  /** Since its start, its own and its children's. */
  readonly cpuSeconds: number;
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command's name in brackets and may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const at = (field: number): number => Number(fields[field - 3]);
    return { parent: at(4), ticks: at(14) + at(15) + at(16) + at(17) };
  } catch {
    return undefined;
  }
}

/**
 * @param pids by name; where there are several they are taken together
 * @throws LocalError where there is no /proc
 */
export function usesOf(pids: Readonly<Record<string, number | readonly number[]>>): Map<string, Use> {
  if (process.platform !== "linux") throw new LocalError("memory and processor time are read from /proc: use Linux");
  const stats = new Map<number, Stat>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat) stats.set(Number(name), stat);
  }
  const familyOf = (pid: number): number[] => [
    pid,
    ...[...stats].filter(([, { parent }]) => parent === pid).flatMap(([child]) => familyOf(child)),
  ];
  return new Map(
    Object.entries(pids).map(([name, pid]) => {
      const family = [pid].flat().flatMap(familyOf);
      const ticks = family.reduce((sum, member) => sum + (stats.get(member)?.ticks ?? 0), 0);
      return [name, { mebibytes: memoryOf(family), cpuSeconds: ticks / TICKS_A_SECOND }];
    }),
  );
}

/** Of one process its resident set; of several their proportional sets, in which shared pages count once. */
function memoryOf(family: readonly number[]): number {
  const field = family.length > 1 ? "Pss" : "Rss";
  const kibibytes = family.map((pid) => {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}
