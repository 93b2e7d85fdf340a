/** A process that is kept running: begun again when it ends by itself, ended when it is asked to. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ChildProps {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly onLine: (line: string) => void;
  /** It has a process id now: at the start and after each restart. */
  readonly onPid: (pid: number) => void;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** After so long it counts as having run, and the next pause is short again. */
const STEADY_MS = 10_000;

export class Child {
  readonly name: string;
  readonly #props: ChildProps;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #failures = 0;
  #exited: Promise<void> = Promise.resolve();

  constructor(props: ChildProps) {
    this.name = props.name;
    this.#props = props;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How often it ended by itself in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** SIGTERM; SIGKILL after the time. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const running = this.#process;
    running?.kill("SIGTERM");
    const timer = setTimeout(() => running?.kill("SIGKILL"), graceMs);
    await this.#exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#stopping = true;
    this.#process?.kill("SIGKILL");
  }

  #start(): void {
    const { args, env, cwd, onLine, onPid, name } = this.#props;
    const began = Date.now();
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      // A group of its own: Ctrl-C goes to the supervisor, which ends everything in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    if (child.pid) onPid(child.pid);
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    child.once("error", (error) => onLine(`${name} cannot run: ${error.message}`));
    child.once("close", (code, signal) => {
      resolve();
      this.#process = undefined;
      if (this.#stopping) return;
      this.#failures = Date.now() - began > STEADY_MS ? 1 : this.#failures + 1;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
      onLine(`ended by ${signal ?? `itself with code ${code}`}, starts again in ${pause} ms`);
      this.#timer = setTimeout(() => this.#start(), pause);
    });
  }
}
