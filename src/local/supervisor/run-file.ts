/** Remembers the processes of a run, so that the next one can end what a killed supervisor left behind. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { LocalError } from "../local-error.ts";
import { isAlive } from "../postgres/cluster.ts";

interface Recorded {
  readonly supervisor: number;
  readonly children: Record<string, number>;
}

export class RunFile {
  readonly #path: string;
  readonly #recorded: Recorded = { supervisor: process.pid, children: {} };

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Ends leftovers of a supervisor that is gone, and claims the folder for this one.
   * @throws LocalError when another supervisor works in it
   */
  async claim(): Promise<void> {
    const before = this.#read();
    if (before && before.supervisor !== process.pid && isOurs(before.supervisor)) {
      throw new LocalError(
        `it is running already (process ${before.supervisor}): end that one first, with Ctrl-C there or kill ${before.supervisor}`,
      );
    }
    const left = Object.values(before?.children ?? {}).filter(isOurs);
    for (const pid of left) process.kill(pid, "SIGTERM");
    for (let tries = 0; left.some(isAlive) && tries < 100; tries++) await delay(100);
    for (const pid of left.filter(isOurs)) process.kill(pid, "SIGKILL");
    this.#write();
  }

  record(name: string, pid: number): void {
    this.#recorded.children[name] = pid;
    this.#write();
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }

  #read(): Recorded | undefined {
    try {
      return JSON.parse(readFileSync(this.#path, "utf8")) as Recorded;
    } catch {
      return undefined;
    }
  }

  #write(): void {
    writeFileSync(this.#path, JSON.stringify(this.#recorded));
  }
}

/** Our programs by their files, and engines by the temporary folders that they are started on. */
const OURS =
  /(services\/[a-z]+\/main\.ts|src\/local\/sidecar\/main\.ts|src\/cli\/start(-dapr)?\.ts|next|\/todo-(daprd|kafka|sentry|scheduler|valkey)-)/;

/** A process id is used again by others: only what runs one of our programs is ours. */
function isOurs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const file = `/proc/${pid}/cmdline`;
  if (!existsSync(file)) return process.platform !== "linux";
  return OURS.test(readFileSync(file, "utf8"));
}
