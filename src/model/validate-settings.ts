import type { Environment } from "./environment.ts";
import type { ModelProblem } from "./errors.ts";
import type { AnyService } from "./service.ts";
import type { System } from "./system.ts";

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/** What the pod's construct, the sidecar's injector or the loader of secrets set themselves. */
const TAKEN =
  /^(?:PORT|HOST|SERVICE|ENVIRONMENT|PUBLIC_ORIGIN|NODE_.*|DAPR_.*|APP_API_TOKEN.*|DATABASE_.*|SHUTDOWN_.*|OTEL_.*)$/;

/** Settings of services in an environment that could have no effect, or one that the network does not allow. */
export function validateSettings(model: System, { name, settings = {} }: Environment): ModelProblem[] {
  return Object.entries(settings).flatMap(([service, variables]) => {
    const entry = `environments.${name}.settings.${service}`;
    const entity = model.services[service];
    if (!entity) {
      const known = Object.keys(model.services).join(", ");
      return [{ entry, problem: "there is no such service", remedy: `Use one of: ${known}` }];
    }
    return Object.entries(variables).flatMap(([variable, value]): ModelProblem[] => {
      if (!VARIABLE.test(variable))
        return [{ entry, problem: `"${variable}" is no environment variable`, remedy: "Write it like LLM_MODEL" }];
      if (TAKEN.test(variable))
        return [{ entry, problem: `${variable} is set from the model`, remedy: "Change the model where it says it" }];
      return addressProblem(model, entity, value).map((problem) => ({
        entry,
        problem: `${variable}: ${problem}`,
        remedy: `Add the host to outside and to the egress of ${service} in src/system.ts`,
      }));
    });
  });
}

/** Only what the model lists can be reached: any other address would time out behind a NetworkPolicy. */
function addressProblem(model: System, service: AnyService, value: string): string[] {
  if (!/^[a-z]+:\/\//.test(value)) return [];
  if (!URL.canParse(value)) return [`"${value}" is no address`];
  const { hostname, protocol, port } = new URL(value);
  const asked = Number(port || (protocol === "http:" ? 80 : 443));
  const allowed = service.egress.some((name) => {
    const outside = model.outside[name];
    return outside?.port === asked && (outside.host === "*" || outside.host === hostname);
  });
  return allowed ? [] : [`${hostname}:${asked} is not among the hosts that it may reach`];
}
