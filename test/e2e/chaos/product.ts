/** The product on real engines, with a proxy on every connection of a service to its database and between it and its sidecar. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type RealSidecars, realSidecars } from "#local/dapr/start";
import { freePort } from "#local/free-port";
import { keepCluster } from "#local/postgres/keep";
import type { SidecarSurroundings } from "#local/supervisor/sidecars";
import { schemaName } from "#model/names";
import type { System } from "#model/system";
import { todo } from "#system";
import { type Product, startProduct } from "#test/system/support";
import { startProxy, type TcpProxy, type Watched } from "./proxy.ts";
import { BROKERS, type Link, type Point } from "./schedule.ts";
import { databasePoint, httpPoints, type Published, publications, roleOf } from "./wire.ts";

export interface Observer {
  /** A service has come to this point. @returns whether it must not get past it */
  reached(service: string, point: Point): boolean;
  published(published: Published): void;
}

export interface ChaosProduct extends Product {
  readonly sidecars: RealSidecars;
  /** Of PostgreSQL, as the superuser, past every proxy. */
  readonly databaseUrl: string;
  /** The proxy on this link of a service. */
  proxyOf(service: string, link: Link): TcpProxy;
  databasePid(): number;
}

const DATABASE = todo.name;
/** As `provision` names them. */
const ROLE_PREFIX = `${DATABASE}_`;
const serviceOfRole = new Map(Object.keys(todo.services).map((name) => [ROLE_PREFIX + schemaName(name), name]));

export async function startChaosProduct(observer: Observer): Promise<ChaosProduct> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = mkdtempSync(join(tmpdir(), "todo-chaos-"));
    // Where the tests run as root, the database runs as somebody else and has to get there.
    chmodSync(folder, 0o711);
    stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const kept = await keepCluster({ dataDir: join(folder, "data") }, () => {});
    stack.defer(() => kept.stop());
    const { adminUrl, port, dataDir } = kept.cluster;
    const databaseUrl = await createDatabase(adminUrl);
    const database = await startProxy({ target: { host: "127.0.0.1", port }, watch: watchDatabase(observer) });
    stack.defer(() => database.stop());

    let sidecars: RealSidecars | undefined;
    const http = new Map<string, TcpProxy>();
    const product = await startProduct({
      environment: { DATABASE_URL: withPort(databaseUrl, database.port) },
      sidecars: async (surroundings) => {
        const between = await proxied(surroundings, observer, http, stack);
        return realSidecars({ brokers: BROKERS }, (started) => {
          sidecars = started;
        })(between);
      },
    });
    stack.defer(() => product.stop());
    if (!sidecars) throw new Error("the product started without its sidecars");
    return Object.freeze({
      ...product,
      sidecars,
      databaseUrl,
      proxyOf: (service: string, link: Link) => {
        const proxy = link === "database" ? database : http.get(`${link} ${service}`);
        if (!proxy) throw new TypeError(`${service} has no link "${link}"`);
        return proxy;
      },
      databasePid: () => Number(readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n")[0]),
      stop: () => stack.disposeAsync(),
    });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function createDatabase(adminUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${client.escapeIdentifier(DATABASE)}`);
  await client.end();
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

function withPort(address: string, port: number): string {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
}

function watchDatabase({ reached }: Observer) {
  const greeted = new WeakSet<Watched>();
  return (connection: Watched, from: "client" | "server", piece: Buffer): "pass" | "end" => {
    if (from === "client" && !greeted.has(connection)) {
      greeted.add(connection);
      connection.owner = serviceOfRole.get(roleOf(piece) ?? "");
      return "pass";
    }
    const point = connection.owner === undefined ? undefined : databasePoint(from, piece);
    return point && reached(connection.owner ?? "", point) ? "end" : "pass";
  };
}

/** Services find a proxy where their sidecar was, sidecars find one where their service was. */
async function proxied(
  surroundings: SidecarSurroundings,
  observer: Observer,
  http: Map<string, TcpProxy>,
  stack: AsyncDisposableStack,
): Promise<SidecarSurroundings> {
  const { model, settings } = surroundings;
  const names = Object.keys(model.services).filter((name) => name !== "frontend");
  const services: Record<string, System["services"][string]> = {};
  const daprPorts = new Map<string, number>();
  for (const name of names) {
    const service = model.services[name];
    if (!service) continue;
    const daprPort = await freePort();
    daprPorts.set(name, daprPort);
    const remember = publications(observer.published);
    const asked = httpPoints("api");
    const api = await startProxy({
      port: settings.daprPort(name),
      target: { host: "127.0.0.1", port: daprPort },
      owner: name,
      watch: (connection, from, piece) => {
        remember(connection, from, piece);
        const point = asked(connection, from, piece);
        return point && observer.reached(name, point) ? "end" : "pass";
      },
    });
    const delivered = httpPoints("app");
    const app = await startProxy({
      target: { host: "127.0.0.1", port: service.port },
      owner: name,
      watch: (connection, from, piece) => {
        const point = delivered(connection, from, piece);
        return point && observer.reached(name, point) ? "end" : "pass";
      },
    });
    for (const proxy of [api, app]) stack.defer(() => proxy.stop());
    http.set(`api ${name}`, api).set(`app ${name}`, app);
    services[name] = { ...service, port: app.port };
  }
  return {
    ...surroundings,
    model: { ...model, services },
    settings: { ...settings, daprPort: (name) => daprPorts.get(name) ?? 0 },
  };
}
