/**
 * Breaks circuits to services that do not answer. Dapr's own breaker counts 4xx, so that six bad requests of one person would
 * shut out everybody (measured); this one counts what says something about the callee: no answer, 502, 503 and 504.
 */
import { UnavailableError } from "../errors.ts";
import { Circuit, type Verdict } from "./circuit.ts";
import { type Sidecar, SidecarError } from "./port.ts";

const FAILING = new Set([502, 503, 504]);

export function withCircuitBreakers(sidecar: Sidecar): Sidecar {
  const circuits = new Map<string, Circuit>();
  const circuitOf = (service: string): Circuit => {
    const circuit = circuits.get(service) ?? new Circuit({ refusal: () => new UnavailableError(service) });
    circuits.set(service, circuit);
    return circuit;
  };

  const invoke: Sidecar["invoke"] = async (service, path, init) => {
    try {
      return await circuitOf(service).run(() => sidecar.invoke(service, path, init), verdictOf, init.signal);
    } catch (error) {
      throw isFailure(error) ? new UnavailableError(service, { cause: error }) : error;
    }
  };
  return Object.freeze({ ...sidecar, invoke });
}

function verdictOf(outcome: PromiseSettledResult<Response>): Verdict {
  if (outcome.status === "fulfilled") return FAILING.has(outcome.value.status) ? "failed" : "answered";
  // A caller who went away has seen nothing; a refusal by policy is an answer.
  if (!(outcome.reason instanceof SidecarError)) return "unknown";
  return isFailure(outcome.reason) ? "failed" : "answered";
}

const isFailure = (error: unknown): boolean => error instanceof SidecarError && error.status !== 403;
