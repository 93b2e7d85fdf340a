/** What the cluster's operator does in production: one database, and of each service one schema and one role. */
import pg from "pg";
import { schemaName } from "#model/names";

export interface ProvisionOptions {
  /** May create roles and databases, or is used for every service where it may not. */
  readonly adminUrl: string;
  readonly database: string;
  readonly services: readonly string[];
  /** Password of a service's role; kept by the caller between runs. */
  readonly passwordOf: (service: string) => string;
}

export interface Provisioned {
  /** Connection string by service. */
  readonly urls: Readonly<Record<string, string>>;
  /** False where the given role may not create others: the services then share it, each with its own search path. */
  readonly separateRoles: boolean;
}

const INSUFFICIENT_PRIVILEGE = "42501";
const DUPLICATE_DATABASE = "42P04";

/** Does what is not done yet; doing it again changes nothing. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const url = await ensureDatabase(options);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const separateRoles = await ensureRoles(client, options);
    const entries = options.services.map((service) => [service, urlOf(service, url, options, separateRoles)] as const);
    return { urls: Object.fromEntries(entries), separateRoles };
  } finally {
    await client.end();
  }
}

const roleName = (database: string, service: string): string => `${database}_${schemaName(service)}`;

async function ensureDatabase({ adminUrl, database }: ProvisionOptions): Promise<URL> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (new URL(adminUrl).pathname === url.pathname) return url;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(database)}`);
  } catch (error) {
    if ((error as pg.DatabaseError).code !== DUPLICATE_DATABASE) throw error;
  } finally {
    await client.end();
  }
  return url;
}

async function ensureRoles(client: pg.Client, { database, services, passwordOf }: ProvisionOptions): Promise<boolean> {
  const id = (name: string): string => client.escapeIdentifier(name);
  try {
    for (const service of services) {
      const role = id(roleName(database, service));
      const schema = id(schemaName(service));
      const known = await client.query("select 1 from pg_roles where rolname = $1", [roleName(database, service)]);
      if (known.rowCount === 0) await client.query(`create role ${role} login`);
      await client.query(`alter role ${role} password ${client.escapeLiteral(passwordOf(service))}`);
      // The schema's owner may do everything in it, and nobody else anything.
      await client.query(`grant ${role} to current_user`);
      await client.query(`create schema if not exists ${schema} authorization ${role}`);
    }
    await client.query(`revoke all on schema public from public`);
    return true;
  } catch (error) {
    if ((error as pg.DatabaseError).code !== INSUFFICIENT_PRIVILEGE) throw error;
    for (const service of services) await client.query(`create schema if not exists ${id(schemaName(service))}`);
    return false;
  }
}

function urlOf(service: string, base: URL, { database, passwordOf }: ProvisionOptions, separateRoles: boolean): string {
  const url = new URL(base);
  if (separateRoles) {
    url.username = roleName(database, service);
    url.password = passwordOf(service);
  } else {
    url.searchParams.set("options", `-c search_path=${schemaName(service)}`);
  }
  return url.href;
}
