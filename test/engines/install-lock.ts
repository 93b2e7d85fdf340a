import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

const sqliteBusy = 5;

/**
 * Runs `work` while no other installer works in the same folder; waits for one that does.
 * The lock is SQLite's on an empty file: the operating system frees it when its holder ends, however it ends.
 */
export async function withInstallLock<T>(folder: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const lock = new DatabaseSync(join(folder, "install.lock"));
  try {
    for (let told = false; !take(lock); told = true) {
      if (!told) onWait();
      await sleep(500);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function take(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === sqliteBusy) return false;
    throw error;
  }
}
