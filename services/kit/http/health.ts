import { Hono } from "hono";
import { paths } from "#model/paths";
import type { KitEnv } from "./app.ts";

export type Check = () => Promise<boolean>;

/** Whether the process lives, and whether it can work. */
export interface Health {
  /** From now on not ready: endpoints and sidecar lead elsewhere while what was begun is finished. */
  stop(): void;
  addCheck(name: string, check: Check): void;
  /** Names of the checks that fail; `starting` or `stopping` where that is why. */
  failing(): Promise<readonly string[]>;
  started(): void;
}

/** A check that hangs is a check that fails: probes give up after 2 s. */
const CHECK_TIMEOUT_MS = 1_000;

export function createHealth(): Health {
  const checks = new Map<string, Check>();
  let phase: "starting" | "ready" | "stopping" = "starting";
  return {
    started: () => {
      if (phase === "starting") phase = "ready";
    },
    stop: () => {
      phase = "stopping";
    },
    addCheck: (name, check) => {
      checks.set(name, check);
    },
    failing: async () => {
      if (phase !== "ready") return [phase];
      const results = await Promise.all([...checks].map(async ([name, check]) => [name, await inTime(check)] as const));
      return results.filter(([, ok]) => !ok).map(([name]) => name);
    },
  };
}

async function inTime(check: Check): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  check().then(resolve, () => resolve(false));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Liveness asks nobody: a database that is away is no reason to restart. Readiness is also Dapr's app health. */
export function healthRoutes(health: Health): Hono<KitEnv> {
  const routes = new Hono<KitEnv>();
  routes.get(paths.live, (c) => c.json({ status: "ok" }));
  routes.get(paths.ready, async (c) => {
    const failing = await health.failing();
    return failing.length === 0 ? c.json({ status: "ok" }) : c.json({ status: "unavailable", failing }, 503);
  });
  return routes;
}
