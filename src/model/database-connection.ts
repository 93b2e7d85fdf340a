/** Where PostgreSQL listens, and the URLs that lead there: always over TLS, always with the server's name verified. */
import type { Environment } from "./environment.ts";
import { databaseName, namespaces, postgresCluster, postgresPooler } from "./names.ts";
import type { System } from "./system.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface DatabaseAddresses {
  /** Through a pooler that shares sessions between transactions, where there is one. */
  readonly pooled: Address;
  /** A session of one's own: LISTEN and advisory locks need it. */
  readonly direct: Address;
}

/** Where a process finds the CA that signed the database server's certificate. */
export const DATABASE_CA_DIRECTORY = "/var/run/todo/database-ca";
export const DATABASE_CA_KEY = "ca.crt";
export const DATABASE_CA_FILE = `${DATABASE_CA_DIRECTORY}/${DATABASE_CA_KEY}`;

const POSTGRES_PORT = 5432;

const inCluster = (service: string): Address => ({
  host: `${service}.${namespaces.infra}.svc.cluster.local`,
  port: POSTGRES_PORT,
});

/** Names of the pooler's Service, which the server's certificate has to cover as well. */
export const poolerNames: readonly string[] = ["", `.${namespaces.infra}`, `.${namespaces.infra}.svc`]
  .map((suffix) => `${postgresPooler}${suffix}`)
  .concat(inCluster(postgresPooler).host);

export function databaseAddresses({ postgres }: Environment): DatabaseAddresses {
  switch (postgres.kind) {
    case "cloudnative-pg":
      return { pooled: inCluster(postgresPooler), direct: inCluster(`${postgresCluster}-rw`) };
    case "managed": {
      const direct = { host: postgres.host, port: postgres.port };
      return { pooled: postgres.pooler ?? direct, direct };
    }
    case "neon":
      return {
        pooled: { host: postgres.poolerHost, port: POSTGRES_PORT },
        direct: { host: postgres.host, port: POSTGRES_PORT },
      };
    default:
      return postgres satisfies never;
  }
}

/**
 * Whether a statement that was prepared by name is found again in the next transaction: on a session of one's own, and behind our own
 * pooler, which is told to follow them. A provider's may or may not; what is not known does not hold.
 */
export const keepsPreparedStatements = ({ postgres }: Environment): boolean =>
  postgres.kind === "cloudnative-pg" || (postgres.kind === "managed" && !postgres.pooler);

/**
 * A connection URL as libpq, pg and pgx read it.
 * @param password percent-encoded already, or what a template engine replaces by it
 */
export const databaseUrl = (model: System, { host, port }: Address, role: string, password: string): string =>
  `postgresql://${role}:${password}@${host}:${port}/${databaseName(model)}?sslmode=verify-full&sslrootcert=${DATABASE_CA_FILE}`;

/** The same for Java, whose driver takes user and password apart. */
export const jdbcUrl = (model: System, { host, port }: Address, schema: string): string =>
  `jdbc:postgresql://${host}:${port}/${databaseName(model)}?sslmode=verify-full&sslrootcert=${DATABASE_CA_FILE}&currentSchema=${schema}`;
