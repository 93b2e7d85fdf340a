/**
 * Breaks circuits to services that do not answer. Dapr's own breaker counts 4xx, so that six bad requests of one person would
 * shut out everybody (measured); this one counts what says something about the callee: no answer, 502, 503 and 504.
 */
import { UnavailableError } from "../errors.ts";
import { type Sidecar, SidecarError } from "./port.ts";

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 5_000;
const FAILING = new Set([502, 503, 504]);

interface Circuit {
  failures: number;
  openUntil: number;
  /** One request is trying whether the callee is back. */
  probing: boolean;
}

/** @param now milliseconds that never go back */
export function withCircuitBreakers(sidecar: Sidecar, now: () => number = () => performance.now()): Sidecar {
  const circuits = new Map<string, Circuit>();
  const circuitOf = (service: string): Circuit => {
    const circuit = circuits.get(service) ?? { failures: 0, openUntil: 0, probing: false };
    circuits.set(service, circuit);
    return circuit;
  };

  const invoke: Sidecar["invoke"] = async (service, path, init) => {
    const circuit = circuitOf(service);
    const open = circuit.failures >= FAILURES_TO_OPEN;
    if (open && (now() < circuit.openUntil || circuit.probing)) {
      const seconds = Math.max(1, Math.ceil((circuit.openUntil - now()) / 1000));
      throw new UnavailableError(service, { retryAfterSeconds: seconds });
    }
    circuit.probing = open;
    let failed = false;
    try {
      const response = await sidecar.invoke(service, path, init);
      failed = FAILING.has(response.status);
      return response;
    } catch (error) {
      failed = error instanceof SidecarError && error.status !== 403;
      if (failed) throw new UnavailableError(service, { cause: error });
      throw error;
    } finally {
      circuit.probing = false;
      circuit.failures = failed ? circuit.failures + 1 : 0;
      if (failed) circuit.openUntil = now() + OPEN_MS;
    }
  };
  return Object.freeze({ ...sidecar, invoke });
}
