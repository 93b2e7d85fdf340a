/** Ends processes of the product as nobody is asked about: SIGKILL, at any moment. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Product, serviceNames } from "#test/system/support";
import { randomOf } from "../chaos/random.ts";

export interface Killed {
  readonly victim: string;
  readonly at: Date;
}

/** At once. */
export const EVERYTHING = "everything";

export const victims: readonly string[] = [...serviceNames, "sidecars", "postgres", EVERYTHING];

/** Sometimes what was just begun again is the next. */
const PAUSE_MS = [500, 5_000] as const;

/** Kills each in turn, in an order that is another each time, until it is told to stop. */
export async function killAround(
  product: Product,
  seed: number,
  until: (kills: number) => boolean,
): Promise<readonly Killed[]> {
  const random = randomOf(seed);
  const killed: Killed[] = [];
  let round: string[] = [];
  while (!until(killed.length)) {
    await delay(random.between(...PAUSE_MS));
    if (round.length === 0) round = random.shuffled(victims);
    const victim = round.shift() as string;
    if (killNow(product, victim)) killed.push({ victim, at: new Date() });
    else round.push(victim);
  }
  return killed;
}

/** @returns false where nothing lived at this moment */
export function killNow(product: Product, victim: string): boolean {
  const names = victim === EVERYTHING ? victims.filter((name) => name !== EVERYTHING) : [victim];
  return names.map((name) => kill(pidOf(product, name))).some(Boolean);
}

/** 0 where there is none at this moment. */
function pidOf({ dataFolder, pid }: Product, name: string): number {
  if (name !== "postgres") return pid(name);
  try {
    return Number(readFileSync(join(dataFolder, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  } catch (error) {
    // A start removes what the server before it left.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

/** @returns false for what is dead already, and about to come back */
function kill(pid: number): boolean {
  // 0 would be this process and all that it started.
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
