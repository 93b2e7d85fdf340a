import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import type { Answer, Task } from "./tree-child.ts";

export const script = join(import.meta.dirname, "tree-child.ts");

export function start(task: Task, options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, ["--no-warnings", script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
}

/** Waits for the first line of output. */
export async function firstLine(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) return String(chunk).trim();
  throw new Error(`no output: ${await text(child.stderr)}`);
}

export async function ended(child: ChildProcess): Promise<NodeJS.Signals | number> {
  if (child.exitCode !== null || child.signalCode !== null) return child.signalCode ?? child.exitCode ?? -1;
  return new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code ?? -1)));
}

/** Runs to the end; nothing when the child was killed. */
export async function run(task: Task, options: SpawnOptions = {}): Promise<Answer | undefined> {
  return answer(start(task, options));
}

export async function answer(child: ChildProcess): Promise<Answer | undefined> {
  const [output, errors, end] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  if (end === "SIGKILL") return undefined;
  if (end !== 0) throw new Error(`the child ended with ${end}: ${errors}`);
  return JSON.parse(output) as Answer;
}

async function text(stream: ChildProcess["stdout"]): Promise<string> {
  let read = "";
  for await (const chunk of stream ?? []) read += chunk;
  return read;
}
