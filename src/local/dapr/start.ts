/**
 * Real sidecars in place of the laptop's: a daprd beside every service, mTLS by sentry, jobs by the scheduler, on Kafka and Valkey.
 * They load what is rendered for an environment; `overlay.ts` is all that differs.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { paths } from "#model/paths";
import { LocalError } from "../local-error.ts";
import type { RunningSidecars, SidecarSurroundings, StartSidecars } from "../supervisor/sidecars.ts";
import { startDaprds } from "./daprds.ts";
import { type RenderedDocuments, readRendered } from "./documents.ts";
import type { Daprd } from "./engines.ts";
import { writeClientFiles } from "./kafka-client-files.ts";
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
  /** Adds to what is rendered, for who runs something of his own beside the product. */
  readonly documents?: (rendered: RenderedDocuments) => RenderedDocuments;
}

export interface RealSidecars extends RunningSidecars {
  readonly platform: Platform;
  /** By service. */
  readonly daprds: ReadonlyMap<string, Daprd>;
  /** What was loaded. */
  readonly rendered: RenderedDocuments;
  /** Folder with files for other clients of Kafka, by user. */
  readonly kafkaClients: string;
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
  options: RealSidecarsOptions,
): Promise<RealSidecars> {
  const { environment = "dev", brokers = 3, spans, keepRunning = true, logLevel = "warn" } = options;
  const { root, dataFolder, settings, say, onPid } = surroundings;
  const { apiToken, appToken } = settings;
  const readDocuments = readRendered(join(root, "gitops", environment));
  const rendered = options.documents?.(readDocuments) ?? readDocuments;
  const stack = new AsyncDisposableStack();
  try {
    say(`starting Kafka with ${brokers} ${brokers === 1 ? "broker" : "brokers"}, Valkey and Dapr's control plane`);
    const platform = await startPlatform(stack, { rendered, brokers, apiToken, appToken });
    const kafkaClients = join(dataFolder, "kafka");
    writeClientFiles(kafkaClients, platform.kafka);
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
    const untilReady = async (services: readonly string[]): Promise<void> => {
      await Promise.all(services.map((service) => untilAppIsHealthy(service, daprds.get(service), apiToken)));
    };
    return { platform, daprds, rendered, kafkaClients, untilReady, stop: () => stack.disposeAsync(), kill };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** On a machine that is busy with something else, too. */
const HEALTHY_WITHIN_MS = 120_000;

/** daprd asks an app for its health every few seconds, and calls nothing of it until it has heard: not even for itself. */
async function untilAppIsHealthy(service: string, daprd: Daprd | undefined, apiToken: string): Promise<void> {
  const deadline = Date.now() + HEALTHY_WITHIN_MS;
  const isHealthy = async (): Promise<boolean> => {
    try {
      const response = await fetch(`${daprd?.url}/v1.0/invoke/${daprd?.appId}/method${paths.ready}`, {
        headers: { "dapr-api-token": apiToken },
        signal: AbortSignal.timeout(2_000),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };
  while (!(await isHealthy())) {
    if (Date.now() > deadline)
      throw new LocalError(`the sidecar of ${service} does not see it: ${daprd?.log} says why`);
    await delay(100);
  }
}
