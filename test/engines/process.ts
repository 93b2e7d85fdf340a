import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#local/free-port";
import { lastLines } from "./run-command.ts";

export interface EngineProcess {
  readonly pid: number;
  /** File with everything that the process prints. */
  readonly log: string;
  /** Ends with the process: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal; a process that has ended already is left alone. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL for a process that is still there after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface StartOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folder for the log. */
  readonly folder: string;
  /** Answers whether the engine is ready; a refused connection counts as not yet. `output` is what it has printed so far. */
  readonly ready: (output: () => string) => Promise<boolean>;
  /** @default 60_000 */
  readonly readyWithinMs?: number;
}

let detached = false;

/** From now on engines do not hear Ctrl-C: for who ends them himself, in order. */
export function detachEngines(): void {
  detached = true;
}

/**
 * Starts a process and waits until it is ready.
 * @throws Error with the end of its log if it ends before that or takes longer than `readyWithinMs`
 */
export async function startProcess(options: StartOptions): Promise<EngineProcess> {
  const log = join(options.folder, `${options.name}.log`);
  const output = openSync(log, "a");
  const before = fstatSync(output).size;
  const child = spawn(options.command, options.args, {
    detached,
    stdio: ["ignore", output, output],
    env: { ...process.env, ...options.env },
  });
  closeSync(output);
  const running = engineProcess(child, log);
  try {
    await untilReady(options, running, () => readFileSync(log).subarray(before).toString());
    return running;
  } catch (error) {
    await running.stop(0);
    throw new Error(`${options.name} ${(error as Error).message}, its log ends:\n${lastLines(log)}`);
  }
}

async function untilReady(options: StartOptions, running: EngineProcess, output: () => string): Promise<void> {
  let end: number | string | undefined;
  void running.ended.then((code) => {
    end = code;
  });
  const deadline = performance.now() + (options.readyWithinMs ?? 60_000);
  while (!(await options.ready(output).catch(() => false))) {
    if (end !== undefined) throw new Error(`ended with ${end} before it was ready`);
    if (performance.now() > deadline) throw new Error("was not ready in time");
    await sleep(50);
  }
}

const killers = new Set<() => void>();
process.once("exit", () => {
  for (const kill of killers) kill();
});

function engineProcess(child: ChildProcess, log: string): EngineProcess {
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code, signal) => resolve(signal ?? code ?? 0));
  });
  const signal = (name: NodeJS.Signals) =>
    void (child.exitCode === null && child.signalCode === null && child.kill(name));
  const killWithParent = () => signal("SIGKILL");
  killers.add(killWithParent);
  void ended.then(() => killers.delete(killWithParent));
  return {
    pid: child.pid ?? 0,
    log,
    ended,
    signal,
    async stop(graceMs = 15_000) {
      signal("SIGTERM");
      const killing = setTimeout(() => signal("SIGKILL"), graceMs);
      await ended;
      clearTimeout(killing);
    },
  };
}

type Ports<N extends number, T extends number[] = []> = number extends N
  ? number[]
  : T["length"] extends N
    ? T
    : Ports<N, [...T, number]>;

/** Ports of the loopback interface that were free a moment ago, all different. */
export const freePorts = async <const N extends number>(count: N): Promise<Ports<N>> =>
  (await Promise.all(Array.from({ length: count }, freePort))) as Ports<N>;

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** A fresh folder that stays until it is removed. */
export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `todo-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Starts something on a fresh folder, which is removed at once if that fails. */
export async function inTemporaryFolder<T>(name: string, start: (folder: TemporaryFolder) => Promise<T>): Promise<T> {
  const folder = temporaryFolder(name);
  try {
    return await start(folder);
  } catch (error) {
    folder.remove();
    throw error;
  }
}
