/**
 * Runs services as the laptop does, in this process: a database of their own, the local sidecars with the model's policies,
 * real HTTP between all of them. Nothing of ours is replaced.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Hono } from "hono";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { environments } from "#environments";
import { sidecarProof } from "#kit/auth/authenticators";
import { TOKEN_ALGORITHM, TOKEN_ISSUER, TOKEN_KEYS_PATH } from "#kit/auth/token";
import { type Clock, type Ids, randomIds, systemClock } from "#kit/clock";
import { type Config, type EnvironmentShape, readConfig } from "#kit/config";
import { migrate } from "#kit/database/migrations";
import type { ServiceContext, ServiceDefinition, TodoService } from "#kit/define-service";
import { type RunningServer, startServer } from "#kit/http/server";
import { type RunningService, startService as start } from "#kit/start-service";
import { freePort } from "#local/free-port";
import { type Sidecars, startSidecars } from "#local/sidecar/start";
import { schemaName } from "#model/names";
import { todo } from "#system";
import { testDatabase } from "./postgres.ts";

type AnyDefinition = ServiceDefinition<TodoService, never, EnvironmentShape>;

export interface SystemOptions {
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Environment variables beside those that the harness sets, by service. */
  readonly env?: Readonly<Partial<Record<TodoService, Readonly<Record<string, string>>>>>;
  /** Values in the secret store; those that the model calls random are there anyway. */
  readonly secrets?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** Other ends that the tested services invoke, and that the test wants to play itself. */
  readonly others?: Readonly<Partial<Record<TodoService, Hono>>>;
  /** @default "silent" */
  readonly logLevel?: string;
}

export interface TokenOptions {
  readonly audience: TodoService;
  /** @default "Europe/Berlin" */
  readonly timeZone?: string;
  readonly act?: "chat";
  readonly approval?: string;
  /** @default "5m" */
  readonly expiresIn?: string;
}

export interface TestSystem {
  /** Base address of a running service. */
  url(service: TodoService): string;
  /** Connection string of a service's own role. */
  databaseUrl(service: TodoService): string;
  /** Straight to the service, past gateway and sidecar. */
  request(service: TodoService, path: string, init?: RequestInit): Promise<Response>;
  /** To a sidecar's API, as that service. */
  sidecar(service: TodoService, path: string, init?: RequestInit): Promise<Response>;
  /** Publishes a complete CloudEvent as that service. */
  publishAs(service: TodoService, topic: string, event: object): Promise<void>;
  /** What the gateway would mint. */
  tokenFor(userId: string, options: TokenOptions): Promise<string>;
  /** The header by which a sidecar proves itself to its service. */
  readonly appToken: string;
  stopService(service: TodoService): Promise<void>;
  stop(): Promise<void>;
}

const API_TOKEN = "api-token-of-the-tests";
const APP_TOKEN = "app-token-of-the-tests";

/** @example const system = await startSystem([tasks, recurring]); afterAll(() => system.stop()); */
export async function startSystem(definitions: readonly unknown[], options: SystemOptions = {}): Promise<TestSystem> {
  const services = definitions as readonly AnyDefinition[];
  const folder = mkdtempSync(join(tmpdir(), "todo-system-"));
  const names = services.map(({ name }) => name);
  const urls = await testDatabase(...names);
  const ports = await appPorts();
  const keys = await generateKeyPair(TOKEN_ALGORITHM);
  const sidecars = await sidecarsFor(folder, ports, options);
  const others = new Map(Object.entries(options.others ?? {}));
  if (!names.includes("gateway") && !others.has("gateway"))
    others.set("gateway", keysOnly(await exportJWK(keys.publicKey)));
  const servers: RunningServer[] = [];
  for (const [name, app] of others)
    servers.push(await startServer(withHealth(app).fetch as never, ports[name] ?? 0, "127.0.0.1"));

  const running = new Map<TodoService, RunningService<TodoService, never, EnvironmentShape>>();
  for (const definition of services) {
    const { name } = definition;
    await migrate(urls[name], schemaName(name), definition.database.migrations, {
      applicationName: "test",
      onError: () => {},
    });
    const config = readConfig(name, definition.env, {
      NODE_ENV: "test",
      LOG_LEVEL: options.logLevel ?? "silent",
      HOST: "127.0.0.1",
      PORT: String(ports[name]),
      DAPR_HTTP_PORT: String(sidecars.ports[name]),
      DAPR_API_TOKEN: API_TOKEN,
      APP_API_TOKEN: APP_TOKEN,
      DATABASE_URL: urls[name],
      SHUTDOWN_DRAIN_SECONDS: "5",
      ...options.env?.[name],
    });
    const { clock, ids } = options;
    running.set(
      name,
      await start(definition, config as Config<EnvironmentShape>, {
        ...(clock ? { clock } : {}),
        ...(ids ? { ids } : {}),
      }),
    );
  }

  const system: TestSystem = {
    url: (service) => `http://127.0.0.1:${ports[service]}`,
    databaseUrl: (service) => urls[service] ?? "",
    request: (service, path, init) => fetch(`${system.url(service)}${path}`, init),
    sidecar: (service, path, init = {}) =>
      fetch(`http://127.0.0.1:${sidecars.ports[service]}${path}`, {
        ...init,
        headers: { "dapr-api-token": API_TOKEN, ...(init.headers as Record<string, string>) },
      }),
    publishAs: async (service, topic, event) => {
      const key = (event as { partitionkey?: string }).partitionkey ?? "";
      const path = `/v1.0/publish/pubsub-kafka-todo/${topic}?metadata.partitionKey=${encodeURIComponent(key)}`;
      const headers = { "content-type": "application/cloudevents+json" };
      const response = await system.sidecar(service, path, { method: "POST", headers, body: JSON.stringify(event) });
      if (!response.ok) throw new Error(`publish was answered with ${response.status}: ${await response.text()}`);
    },
    tokenFor: (userId, { audience, timeZone = "Europe/Berlin", act, approval, expiresIn = "5m" }) =>
      new SignJWT({ tz: timeZone, ...(act ? { act } : {}), ...(approval ? { approval } : {}) })
        .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: "test" })
        .setSubject(userId)
        .setAudience(audience)
        .setIssuer(TOKEN_ISSUER)
        .setIssuedAt((options.clock ?? systemClock).now())
        .setExpirationTime(expiry((options.clock ?? systemClock).now(), expiresIn))
        .sign(keys.privateKey),
    appToken: APP_TOKEN,
    stopService: async (service) => {
      await running.get(service)?.stop();
      running.delete(service);
    },
    stop: async () => {
      for (const service of [...running.keys()].reverse()) await system.stopService(service);
      for (const server of servers) await server.stop(0);
      await sidecars.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  contexts.set(system, running as never);
  return system;
}

const contexts = new WeakMap<TestSystem, ReadonlyMap<string, { readonly context: unknown }>>();

/** The context of a service of a running system, typed by its definition. */
export function contextOf<N extends TodoService, Tables, E extends EnvironmentShape>(
  system: TestSystem,
  definition: ServiceDefinition<N, Tables, E>,
): ServiceContext<N, Tables, E> {
  return contexts.get(system)?.get(definition.name)?.context as ServiceContext<N, Tables, E>;
}

/** Tries again until it stops throwing; then, or after the time, its outcome stands. */
export async function eventually<T>(check: () => Promise<T> | T, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}

async function appPorts(): Promise<Readonly<Record<string, number>>> {
  const ports = await Promise.all(Object.keys(todo.services).map(async (name) => [name, await freePort()] as const));
  return Object.fromEntries(ports);
}

function sidecarsFor(
  folder: string,
  ports: Readonly<Record<string, number>>,
  { secrets, logLevel }: SystemOptions,
): Promise<Sidecars> {
  const random = Object.entries(todo.secrets).filter(([, { source }]) => source === "random");
  const all = { ...Object.fromEntries(random.map(([name]) => [name, randomIds().next()])), ...secrets };
  const secretsFile = join(folder, "secrets.json");
  writeFileSync(secretsFile, JSON.stringify(all));
  return startSidecars({
    model: todo,
    environment: environments.dev,
    apps: Object.fromEntries(
      Object.entries(ports).map(([name, appPort]) => [
        name,
        { appPort, daprPort: 0, apiToken: API_TOKEN, appToken: APP_TOKEN },
      ]),
    ),
    dataFile: join(folder, "sidecars.db"),
    secretsFile,
    log: logLevel === undefined || logLevel === "silent" ? () => {} : console.log,
  });
}

/** Where the gateway itself is not under test, somebody has to publish the keys of the test's tokens. */
function keysOnly(publicKey: object): Hono {
  const proof = sidecarProof(APP_TOKEN);
  return new Hono().get(TOKEN_KEYS_PATH, (c) =>
    proof(c as never)
      ? c.json({ keys: [{ ...publicKey, kid: "test", alg: TOKEN_ALGORITHM, use: "sig" }] })
      : c.body(null, 401),
  );
}

const withHealth = (app: Hono): Hono => new Hono().get("/readyz", (c) => c.json({ status: "ok" })).route("/", app);

const expiry = (now: Date, text: string): Date => {
  const match = /^(-?\d+)([sm])$/.exec(text);
  return new Date(now.getTime() + Number(match?.[1]) * (match?.[2] === "m" ? 60_000 : 1_000));
};
