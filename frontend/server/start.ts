/** Brings the process up: checked environment, traces, metrics, and an end that loses no request. */
import "server-only";
import { startTracing } from "#kit/telemetry/tracing";
import { config } from "./config.ts";
import { health } from "./health.ts";
import { log } from "./log.ts";
import { observeRequests } from "./observe-requests.ts";

/** @throws StartError naming every variable that is missing or wrong */
export function start(): void {
  const { ENVIRONMENT, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG, SHUTDOWN_DELAY_SECONDS } = config();
  const flush = startTracing({
    service: "frontend",
    environment: ENVIRONMENT,
    endpoint: OTEL_EXPORTER_OTLP_ENDPOINT,
    sampling: OTEL_TRACES_SAMPLER_ARG,
  });
  observeRequests();
  for (const signal of ["SIGTERM", "SIGINT"] as const) endGently(signal, SHUTDOWN_DELAY_SECONDS, flush);
}

/**
 * Next closes its server with the signal, while endpoints still lead here for a moment: first not ready, then, when nobody
 * comes any more, what Next does.
 */
function endGently(signal: NodeJS.Signals, delaySeconds: number, flush: () => Promise<void>): void {
  const close = process.listeners(signal);
  process.removeAllListeners(signal);
  process.once(signal, () => {
    health().stop();
    const end = async (): Promise<void> => {
      await flush().catch((err: unknown) => log().warn({ err }, "traces could not be sent"));
      for (const listener of close) listener(signal);
    };
    setTimeout(() => void end(), delaySeconds * 1_000);
  });
}
