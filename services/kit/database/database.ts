/** Connections to PostgreSQL. */
import type { Socket } from "node:net";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { KitTables } from "../kit-tables.ts";
import { frugalPool } from "./frugal-pool.ts";
import type { Migrations } from "./migrations.ts";

/** What a service keeps: its tables as types, its migrations by name. */
export interface DatabaseDefinition<Tables> {
  readonly migrations: Migrations;
  /** Only a type; never a value. */
  readonly tables?: Tables;
}

/** @example database<{ tasks: TasksTable }>({ migrations: { "0001_tasks": { up: createTasks } } }) */
export const database = <Tables>(definition: { readonly migrations: Migrations }): DatabaseDefinition<Tables> =>
  Object.freeze({ ...definition });

export interface ConnectionOptions {
  readonly applicationName: string;
  /** PEM of the CA that signed the server's certificate; given: TLS, verified. */
  readonly ca?: string | undefined;
  readonly max?: number;
  /** Whether statements are prepared by name. @default true */
  readonly prepares?: boolean;
  /** How long the server may say nothing while a statement runs: more than the longest of them takes. @default 60,000 */
  readonly silenceMs?: number;
  /** Told of connections that broke while idle; without a listener such an error would end the process. */
  readonly onError: (error: Error) => void;
}

export interface Connection<Tables> {
  readonly db: Kysely<Tables & KitTables>;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const OIDS = { int8: 20, date: 1082 } as const;

/** int8 as number: counts and identities stay below 2^53. `date` as text: a Date would shift it into the process's zone. */
const types = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === OIDS.int8) return Number;
    if (oid === OIDS.date) return (value: string) => value;
    return pg.types.getTypeParser(oid, format as "text");
  }) as typeof pg.types.getTypeParser,
};

export const clientConfig = (url: string, { ca, applicationName }: ConnectionOptions): pg.ClientConfig => ({
  connectionString: ca ? withoutSslMode(url) : url,
  ...(ca ? { ssl: { ca, rejectUnauthorized: true } } : {}),
  application_name: applicationName,
  connectionTimeoutMillis: 5000,
  keepAlive: true,
  // The system's own default is two hours: so long would go unnoticed that the server of a connection that only listens is gone.
  keepAliveInitialDelayMillis: 10_000,
  types,
});

/** `sslmode` in the URL would replace the CA that is given beside it. */
function withoutSslMode(url: string): string {
  const parsed = new URL(url);
  parsed.searchParams.delete("sslmode");
  return parsed.href;
}

export function connect<Tables>(url: string, options: ConnectionOptions): Connection<Tables> {
  const pool = new pg.Pool({ ...clientConfig(url, options), max: options.max ?? 10, idleTimeoutMillis: 30_000 });
  pool.on("error", options.onError);
  // The pool listens to idle clients only. One in use fails its query, and says so once more to whoever listens, or ends the process.
  pool.on("connect", (client) => {
    client.on("error", () => {});
    endInSilence(client as unknown as ClientInside, options.silenceMs ?? 60_000);
  });
  const db = new Kysely<Tables & KitTables>({
    dialect: new PostgresDialect({ pool: frugalPool(pool, options.prepares ?? true) }),
  });
  return { db, pool, close: () => db.destroy() };
}

/** What pg does not name in its types. */
interface ClientInside {
  readonly connection: { readonly stream: Socket };
  /** False while a statement runs. */
  readonly readyForQuery: boolean;
}

/**
 * A server whose machine is gone or frozen closes no connection: without this, whoever asked waits for as long as the system
 * repeats its packets, which is a quarter of an hour. pg's own `query_timeout` leaves such a connection in the pool.
 */
function endInSilence(client: ClientInside, silenceMs: number): void {
  const { stream } = client.connection;
  stream.setTimeout(silenceMs, () => {
    if (!client.readyForQuery) stream.destroy();
  });
}

/** SQLSTATE of an error that PostgreSQL answered, if it is one. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;

const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH", "EAI_AGAIN"]);

/** The database is away, shutting down, starting, read-only after a failover or out of connections: later it may work. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (NETWORK.has(code)) return true;
  const state = sqlState(error);
  // 28: credentials are being rotated; a caller can do nothing about it, and later they fit.
  if (state) return /^(08...|28...|57P0[123]|53300|25006)$/.test(state);
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  );
}

/** Another transaction was in the way: the same work done again may succeed. */
export const isConflict = (error: unknown): boolean => /^40(001|P01)$/.test(sqlState(error) ?? "");
