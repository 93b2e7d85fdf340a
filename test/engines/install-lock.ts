import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { enginesFolder } from "./paths.ts";

/** Runs `work` while no other installer works in the same cache folder; waits for one that does. */
export async function withInstallLock<T>(work: () => Promise<T>, onWait: (pid: number) => void): Promise<T> {
  const lock = join(enginesFolder(), "install.lock");
  mkdirSync(enginesFolder(), { recursive: true });
  let told = false;
  while (!take(lock)) {
    const holder = Number(readIfThere(lock));
    if (!isAlive(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await sleep(1_000);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
