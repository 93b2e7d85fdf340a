import { type Environment, stateStoreOf } from "./environment.ts";
import { platformSecrets, schemaName, schemaRegistryRole, secretNames, stateStoreRole } from "./names.ts";
import { type System, usesPostgres, usesState } from "./system.ts";

export interface DatabaseRole {
  /** Also the name of the one schema that it owns. */
  readonly role: string;
  /** Secret of the source whose key `password` is the role's. */
  readonly secret: string;
  readonly purpose: string;
}

/** Everyone who signs in to PostgreSQL, each with a schema of its own and nothing else. */
export function databaseRoles(model: System, environment: Environment): DatabaseRole[] {
  const services = Object.entries(model.services);
  return [
    ...services
      .filter(([, service]) => usesPostgres(model, service))
      .map(([name]) => ({ role: schemaName(name), secret: secretNames.database(name), purpose: `service ${name}` })),
    ...(stateStoreOf(environment) === "postgresql" && services.some(([, service]) => usesState(model, service))
      ? [{ role: stateStoreRole, secret: secretNames.stateStore, purpose: "Dapr's state store" }]
      : []),
    { role: schemaRegistryRole, secret: platformSecrets.schemaRegistryDatabase, purpose: "schema registry" },
  ];
}
