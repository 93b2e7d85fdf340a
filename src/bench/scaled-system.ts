import type { AnyService } from "#model/service";
import type { System } from "#model/system";

const FIRST_PORT = 20_000;

/** The system with every service `factor` times; copies call, publish and read what their original does. */
export function scaledSystem(model: System, factor: number): System {
  const services: Record<string, AnyService> = { ...model.services };
  let port = FIRST_PORT;
  for (let copy = 2; copy <= factor; copy++) {
    for (const [name, service] of Object.entries(model.services)) {
      services[`${name}-${copy}`] = { ...service, port: port++, routes: {}, cron: {} };
    }
  }
  return { ...model, services };
}
