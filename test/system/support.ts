/** The product as `npm start` runs it: real processes, its own data folder and ports, and people who use it over HTTP. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { runningClusterUrl } from "#local/postgres/cluster";
import { freePortOffset, withPortOffset } from "#local/supervisor/ports";
import type { StartSidecars } from "#local/supervisor/sidecars";
import { startSupervisor } from "#local/supervisor/supervisor";
import { schemaName } from "#model/names";
import { paths } from "#model/paths";
import { todo } from "#system";

const ROOT = join(import.meta.dirname, "../..");

export const serviceNames = Object.keys(todo.services).filter((name) => name !== "frontend");

export interface ProductOptions {
  /** Beyond what the shell gives. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Pages too, of the production build. @default false */
  readonly frontend?: boolean;
  /** Other sidecars than the laptop's own. */
  readonly sidecars?: StartSidecars;
}

export interface LogEntry {
  readonly process: string;
  readonly line: string;
}

export interface Product {
  readonly origin: string;
  readonly dataFolder: string;
  readonly log: readonly LogEntry[];
  /** Process id of a service, or of `sidecars`, as it is now. */
  pid(name: string): number;
  /** Direct address of a service, past the edge: its health and metrics. */
  addressOf(service: string): string;
  isReady(service: string): Promise<boolean>;
  /** Rows of a service's schema, read as the superuser. */
  rows<T extends object>(service: string, text: string, values?: readonly unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

/** What is logged as an error, without what the sidecars say of services that are away. */
export const errorsOf = ({ log }: Product): LogEntry[] =>
  log.filter(({ line }) => /^\{"level":"(error|fatal)"/.test(line) || /^\w*Error: |^\s+at /.test(line));

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const { environment = {}, frontend = false, sidecars } = options;
  const dataFolder = mkdtempSync(join(tmpdir(), "todo-product-"));
  // Where the tests run as root, the database runs as somebody else and has to get there.
  chmodSync(dataFolder, 0o711);
  const log: LogEntry[] = [];
  const portOffset = await freePortOffset(todo);
  const model = withPortOffset(todo, portOffset);
  const supervisor = await startSupervisor({
    model: todo,
    root: ROOT,
    dataFolder,
    portOffset,
    environment: {
      ...process.env,
      NODE_ENV: "development",
      LOG_LEVEL: "warn",
      // The tests are many people behind one address.
      RATE_LIMIT_SIGN_IN_PER_MINUTE: "100000",
      ...environment,
    },
    frontend,
    ...(sidecars ? { sidecars } : {}),
    logs: { print: (name, line) => void log.push({ process: name, line }) },
    say: (line) => void log.push({ process: "supervisor", line }),
  });
  const addressOf = (service: string): string => `http://127.0.0.1:${model.services[service]?.port}`;
  return Object.freeze({
    origin: supervisor.origin,
    dataFolder,
    log,
    addressOf,
    pid: (name: string) => {
      const { children } = JSON.parse(readFileSync(join(dataFolder, "run.json"), "utf8")) as {
        children: Record<string, number>;
      };
      return children[name] ?? 0;
    },
    isReady: async (service: string) => {
      try {
        const response = await fetch(addressOf(service) + paths.ready, { signal: AbortSignal.timeout(3_000) });
        await response.body?.cancel();
        return response.ok;
      } catch {
        return false;
      }
    },
    rows: <T extends object>(service: string, text: string, values: readonly unknown[] = []) =>
      rowsOf<T>(environment.DATABASE_URL ?? dataFolder, service, text, values),
    stop: async () => {
      await supervisor.stop();
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  });
}

async function rowsOf<T extends object>(
  from: string,
  service: string,
  text: string,
  values: readonly unknown[],
): Promise<T[]> {
  const address = from.startsWith("postgres:") ? from : await runningClusterUrl(join(from, "postgres"));
  if (!address) throw new Error("the product's database does not run");
  const url = new URL(address);
  if (!from.startsWith("postgres:")) url.pathname = `/${todo.name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`set search_path to ${client.escapeIdentifier(schemaName(service))}`);
    return (await client.query<T>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
