/**
 * Real sidecars in place of the laptop's: a daprd beside every service, mTLS by sentry, jobs by the scheduler, on Kafka and Valkey.
 * They load what is rendered for an environment; `overlay.ts` is all that differs.
 */
import { join } from "node:path";
import type { Daprd } from "#test/engines/index";
import type { RunningSidecars, SidecarSurroundings, StartSidecars } from "../supervisor/sidecars.ts";
import { startDaprds } from "./daprds.ts";
import { readRendered } from "./documents.ts";
import { keeper } from "./keep-running.ts";
import { type Platform, startPlatform } from "./platform.ts";

export interface RealSidecarsOptions {
  /** Environment whose rendered documents are loaded. @default "dev" */
  readonly environment?: string;
  /** @default 3 */
  readonly brokers?: number;
  /** Zipkin address for the sidecars' spans. */
  readonly spans?: string;
  /** Whether what ends by itself is started again. @default true */
  readonly keepRunning?: boolean;
  /** @default "warn" */
  readonly logLevel?: "debug" | "info" | "warn" | "error";
}

export interface RealSidecars extends RunningSidecars {
  readonly platform: Platform;
  /** By service. */
  readonly daprds: ReadonlyMap<string, Daprd>;
}

/** @param onStarted is handed what runs, for who wants to look into it or end a part of it */
export const realSidecars =
  (options: RealSidecarsOptions = {}, onStarted: (sidecars: RealSidecars) => void = () => {}): StartSidecars =>
  async (surroundings) => {
    const sidecars = await startRealSidecars(surroundings, options);
    onStarted(sidecars);
    return sidecars;
  };

async function startRealSidecars(
  surroundings: SidecarSurroundings,
  { environment = "dev", brokers = 3, spans, keepRunning = true, logLevel = "warn" }: RealSidecarsOptions,
): Promise<RealSidecars> {
  const { root, settings, say, onPid } = surroundings;
  const rendered = readRendered(join(root, "gitops", environment));
  const stack = new AsyncDisposableStack();
  try {
    say(`starting Kafka with ${brokers} ${brokers === 1 ? "broker" : "brokers"}, Valkey and Dapr's control plane`);
    const { apiToken, appToken } = settings;
    const platform = await startPlatform(stack, { rendered, brokers, apiToken, appToken });
    say("starting a daprd beside every service");
    const daprds = await startDaprds(stack, { rendered, platform, surroundings, spans, logLevel });
    const { kafka, valkey, sentry, scheduler } = platform;
    onPid("sentry", sentry.pid);
    onPid("scheduler", scheduler.pid);
    const engines = [
      ...kafka.kafka.brokers.map((broker) => [`broker ${broker.id}`, broker] as const),
      ["valkey", valkey] as const,
      ...[...daprds].map(([service, daprd]) => [`daprd of ${service}`, daprd] as const),
    ];
    const keep = keeper({ say, onPid });
    for (const [name, engine] of engines) {
      if (keepRunning) keep.keep(name, engine);
      else onPid(name, engine.pid);
    }
    stack.defer(() => keep.release());
    const kill = (): void => {
      void keep.release();
      for (const [, engine] of engines) engine.signal("SIGKILL");
      for (const { pid } of [sentry, scheduler]) process.kill(pid, "SIGKILL");
    };
    return { platform, daprds, stop: () => stack.disposeAsync(), kill };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
