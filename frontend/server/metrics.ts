/** Metrics of the process and of the requests that it answered, by the names that dashboards read. */
import "server-only";
import { createMetrics, type Metrics } from "#kit/telemetry/metrics";

/** One for the process: the start-up code and the routes are bundled apart, and would each have their own. */
const shared = globalThis as typeof globalThis & { todoMetrics?: Metrics };

export function metrics(): Metrics {
  shared.todoMetrics ??= createMetrics();
  return shared.todoMetrics;
}
