import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** What a child process of the tree tests is to do; the answer is one line of JSON. */
export interface Task {
  readonly root: string;
  readonly files: readonly (readonly [path: string, text: string])[];
  /** Ends or fails the process at this call (counted from 1) that changes the file system. */
  readonly failAt?: number;
  /** `SIGKILL`, or the errno name of the failure. */
  readonly failure?: string;
  /** Take the lock, say so, and wait to be killed. */
  readonly hold?: boolean;
  /** Render this and `files` in turn until killed. */
  readonly alternate?: readonly (readonly [path: string, text: string])[];
}

export interface Answer {
  readonly calls: number;
  readonly error?: { readonly name: string; readonly message: string; readonly remedy?: string };
}

const task = JSON.parse(process.argv[2] ?? "") as Task;
let calls = 0;

/** Counts the calls; at the chosen one writes half a file, then fails as the kernel would. */
function sabotage(name: "mkdirSync" | "writeFileSync" | "renameSync" | "rmdirSync" | "rmSync" | "unlinkSync"): void {
  const original = fs[name] as (...args: unknown[]) => unknown;
  const wrapped = (...args: unknown[]): unknown => {
    if (++calls === task.failAt) {
      const content = args[1];
      if (name === "writeFileSync") original(args[0], String(content).slice(0, String(content).length / 2));
      if (task.failure === "SIGKILL") process.kill(process.pid, "SIGKILL");
      throw Object.assign(new Error(`${task.failure}: ${name}`), { code: task.failure, syscall: name, path: args[0] });
    }
    return original(...args);
  };
  Object.assign(fs, { [name]: wrapped });
}

for (const name of ["mkdirSync", "writeFileSync", "renameSync", "rmdirSync", "rmSync", "unlinkSync"] as const)
  sabotage(name);
syncBuiltinESMExports();

const { applyPlan, lockTree, planTree } = await import("#emit/tree");

function update(files: Task["files"]): void {
  using lock = lockTree(task.root);
  applyPlan(planTree(task.root, new Map(files), { scope: ["dev"] }), lock);
}

if (task.hold) {
  lockTree(task.root);
  console.log("held");
  setInterval(() => {}, 1000);
} else if (task.alternate) {
  console.log("started");
  for (;;) {
    update(task.files);
    update(task.alternate);
  }
} else {
  let error: unknown;
  try {
    update(task.files);
  } catch (caught) {
    error = caught;
  }
  const { name, message, remedy } = (error ?? {}) as Answer["error"] & object;
  console.log(JSON.stringify({ calls, ...(error ? { error: { name, message, remedy } } : {}) }));
}
