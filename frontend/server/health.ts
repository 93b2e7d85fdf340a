/** Whether this process can work: its sidecar answers, and it has not been told to end. */
import "server-only";
import { createHealth, type Health } from "#kit/http/health";
import { config } from "./config.ts";

const HEALTH_TIMEOUT_MS = 800;

async function sidecarAnswers(): Promise<boolean> {
  const { DAPR_HOST, DAPR_HTTP_PORT, DAPR_API_TOKEN } = config();
  const response = await fetch(`http://${DAPR_HOST}:${DAPR_HTTP_PORT}/v1.0/healthz/outbound`, {
    headers: DAPR_API_TOKEN ? { "dapr-api-token": DAPR_API_TOKEN } : {},
    cache: "no-store",
    signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.ok;
}

function create(): Health {
  const made = createHealth();
  made.addCheck("sidecar", sidecarAnswers);
  made.started();
  return made;
}

/** One for the process: the start-up code and the routes are bundled apart, and would each have their own. */
const shared = globalThis as typeof globalThis & { todoHealth?: Health };

export function health(): Health {
  shared.todoHealth ??= create();
  return shared.todoHealth;
}
