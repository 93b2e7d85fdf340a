/** Brings the process up: checked environment, traces, metrics, and an end that loses no request. */
import "server-only";
import { startTracing } from "#kit/telemetry/tracing";
import { config } from "./config.ts";
import { endGently, watchServers } from "./end-gently.ts";
import { health } from "./health.ts";
import { log } from "./log.ts";
import { observeRequests } from "./observe-requests.ts";

/** @throws StartError naming every variable that is missing or wrong */
export function start(): void {
  const { ENVIRONMENT, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG } = config();
  const { SHUTDOWN_DELAY_SECONDS, SHUTDOWN_DRAIN_SECONDS } = config();
  const flush = startTracing({
    service: "frontend",
    environment: ENVIRONMENT,
    endpoint: OTEL_EXPORTER_OTLP_ENDPOINT,
    sampling: OTEL_TRACES_SAMPLER_ARG,
  });
  observeRequests();
  watchServers();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    endGently({
      signal,
      delayMs: SHUTDOWN_DELAY_SECONDS * 1_000,
      drainMs: SHUTDOWN_DRAIN_SECONDS * 1_000,
      onSignal: () => health().stop(),
      beforeClose: () => flush().catch((err: unknown) => log().warn({ err }, "traces could not be sent")),
    });
}
