import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

const shownLines = 12;

export interface CommandOptions {
  /** File that receives everything the command prints. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end.
 * @throws Error with the last lines of its output if it cannot be started or fails
 */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<void> {
  mkdirSync(dirname(options.log), { recursive: true });
  const log = openSync(options.log, "w");
  try {
    const code = await new Promise<number>((resolve, reject) => {
      const child = spawn(command, args, { stdio: ["ignore", log, log], env: { ...process.env, ...options.env } });
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? 1));
    });
    if (code !== 0)
      throw new Error(`${command} ended with ${code} (all of its output: ${options.log})\n${lastLines(options.log)}`);
  } finally {
    closeSync(log);
  }
}

/** The end of a text file, indented, for an error message. */
export function lastLines(path: string): string {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-shownLines);
  return lines.map((line) => `    ${line}`).join("\n");
}
