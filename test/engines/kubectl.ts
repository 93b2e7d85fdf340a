import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { enginePath } from "./paths.ts";

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  /** Warnings of the API server (`Warning: ...`) and errors. */
  readonly stderr: string;
}

export type Kubectl = (args: readonly string[], input?: string) => Promise<KubectlResult>;

/** A kubectl bound to one kubeconfig; `input` is what it reads for `-f -`. A failed command is a result, not an error. */
export function kubectlFor(kubeconfig: string, cacheFolder: string): Kubectl {
  const command = enginePath("kubectl");
  return async (args, input = "") => {
    const child = spawn(command, ["--kubeconfig", kubeconfig, "--cache-dir", cacheFolder, ...args]);
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  };
}

/** @throws Error with kubectl's own words if the command failed */
export function assertSucceeded(what: string, { code, stderr }: KubectlResult): void {
  if (code !== 0) throw new Error(`${what} failed: ${stderr.trim()}`);
}
