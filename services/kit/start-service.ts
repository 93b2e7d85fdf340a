/** Puts a service together and runs it. */
import type { Kysely } from "kysely";
import type { DestinationStream, Logger } from "pino";
import { httpApis } from "#contracts/http/index";
import { schemaName } from "#model/names";
import { callersOf } from "#model/system";
import { todo } from "#system";
import { authenticatorsOf, sidecarProof } from "./auth/authenticators.ts";
import { gatewayKeys } from "./auth/gateway-keys.ts";
import { tokenVerifier } from "./auth/token.ts";
import { type Clock, type Ids, randomIds, systemClock } from "./clock.ts";
import type { Config, EnvironmentShape } from "./config.ts";
import { type Connection, connect } from "./database/database.ts";
import { inTransaction } from "./database/transaction.ts";
import { type DatabaseUrls, databaseUrls } from "./database/urls.ts";
import type { ServiceContext, ServiceDefinition, TodoService } from "./define-service.ts";
import { StartError, UnavailableError } from "./errors.ts";
import { createHandle } from "./handle.ts";
import { createApp } from "./http/app.ts";
import { deliveryRoutes } from "./http/deliveries.ts";
import { createHealth, type Health } from "./http/health.ts";
import { answerError } from "./http/problem-response.ts";
import { serveApi } from "./http/serve-api.ts";
import { type Fetch, type RunningServer, startServer } from "./http/server.ts";
import { cleanInbox } from "./inbox/cleanup.ts";
import { subscriber } from "./inbox/subscriber.ts";
import type { KitTables } from "./kit-tables.ts";
import { appendToOutbox } from "./outbox/append.ts";
import { envelopeOf } from "./outbox/envelope.ts";
import { type Relay, startRelay } from "./outbox/relay.ts";
import { Registrations } from "./registrations.ts";
import { withCircuitBreakers } from "./sidecar/circuit-breaker.ts";
import { daprSidecar } from "./sidecar/dapr.ts";
import type { Sidecar } from "./sidecar/port.ts";
import { sleep } from "./sleep.ts";
import { createLog } from "./telemetry/log.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import { observeDatabase } from "./telemetry/observe-database.ts";
import { startTracing } from "./telemetry/tracing.ts";

export interface StartOptions {
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly logTo?: DestinationStream;
}

export interface RunningService<N extends TodoService, Tables, E extends EnvironmentShape> {
  readonly context: ServiceContext<N, Tables, E>;
  readonly port: number;
  /** Stops intake, finishes what was begun, closes what was opened. */
  stop(): Promise<void>;
}

const SIDECAR_WAIT_MS = 60_000;

/** @throws StartError with a remedy when the service cannot start */
export async function startService<const N extends TodoService, Tables, const E extends EnvironmentShape>(
  definition: ServiceDefinition<N, Tables, E>,
  config: Config<E>,
  options: StartOptions = {},
): Promise<RunningService<N, Tables, E>> {
  const { name } = definition;
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? randomIds(clock);
  const log = createLog({
    service: name,
    level: config.LOG_LEVEL,
    ...(options.logTo ? { destination: options.logTo } : {}),
  });
  const metrics = createMetrics();
  const health = createHealth();
  const stopTracing = startTracing({
    service: name,
    environment: config.ENVIRONMENT,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampling: config.OTEL_TRACES_SAMPLER_ARG,
  });
  const deps = { log, metrics, clock, ids, health };
  const sidecar = withCircuitBreakers(
    daprSidecar({ host: config.DAPR_HOST, port: config.DAPR_HTTP_PORT, apiToken: config.DAPR_API_TOKEN, log }),
  );

  // Health is answered from the first moment: the sidecar waits for the port, probes wait for nobody.
  const starting = createApp(config, deps);
  // A 404 would be final: Dapr drops an event for it, and a caller takes it for the truth.
  starting.notFound((c) => answerError(c, new UnavailableError(name)));
  let fetch: Fetch = starting.fetch as Fetch;
  const server = await startServer((request, env) => fetch(request, env), config.PORT, config.HOST);
  let parts: Parts<N, Tables, E> | undefined;
  try {
    await untilHealthy(name, sidecar);
    const urls = await databaseUrls(config, sidecar);
    parts = assemble(definition, config, { ...deps, sidecar, server, urls });
    await definition.setup(parts.context);
    parts.finish();
    fetch = parts.context.app.fetch as Fetch;
    health.started();
    log.info({ port: server.port }, "ready");
    const { context, drain, close } = parts;
    return Object.freeze({
      context,
      port: server.port,
      stop: async () => {
        health.stop();
        await sleep(config.SHUTDOWN_DELAY_SECONDS * 1000);
        drain();
        await server.stop(config.SHUTDOWN_DRAIN_SECONDS * 1000);
        await close();
        await sidecar.close();
        await stopTracing().catch((err: unknown) => log.warn({ err }, "spans were lost"));
        log.info("stopped");
      },
    });
  } catch (error) {
    await server.stop(0);
    await parts?.close();
    await sidecar.close();
    await stopTracing().catch(() => {});
    throw error;
  }
}

async function untilHealthy(service: string, sidecar: Sidecar): Promise<void> {
  const deadline = Date.now() + SIDECAR_WAIT_MS;
  while (!(await sidecar.healthy())) {
    if (Date.now() > deadline) {
      throw new StartError(
        `${service} waited a minute for its sidecar: start it, or set DAPR_HTTP_PORT to where it listens`,
      );
    }
    await sleep(50);
  }
}

interface Ports {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly health: Health;
  readonly sidecar: Sidecar;
  readonly server: RunningServer;
  readonly urls: DatabaseUrls;
}

interface Parts<N extends TodoService, Tables, E extends EnvironmentShape> {
  readonly context: ServiceContext<N, Tables, E>;
  /** After `setup`: nothing that the entry lists is left unhandled. */
  finish(): void;
  drain(): void;
  close(): Promise<void>;
}

function assemble<const N extends TodoService, Tables, const E extends EnvironmentShape>(
  { name }: ServiceDefinition<N, Tables, E>,
  config: Config<E>,
  ports: Ports,
): Parts<N, Tables, E> {
  const { log, metrics, clock, ids, health, sidecar, urls } = ports;
  if (!config.APP_API_TOKEN)
    throw new StartError(`${name} needs APP_API_TOKEN, which its sidecar sends with every delivery`);
  const entry = todo.services[name];
  const connection = connectTo<Tables>(name, config, urls, ports);
  const kitDb = connection.db as unknown as Kysely<KitTables>;
  const relay = relayOf(name, config, kitDb, ports);
  const registrations = new Registrations(name, log);
  const proof = sidecarProof(config.APP_API_TOKEN);
  const tokens = tokenVerifier({ audience: name, clock, keys: gatewayKeys(sidecar) });
  const authenticators = authenticatorsOf(
    tokens,
    proof,
    callersOf(todo, name).map(([caller]) => caller),
  );
  const app = createApp(config, ports);

  const subscribe = (topic: string, handlers: object, options: object = {}): void => {
    const declared = todo.topics[topic as "task-events"];
    const handle = subscriber({
      db: kitDb,
      topic,
      contract: declared.events,
      handlers: handlers as never,
      options,
      metrics,
      log,
      onCommit: relay.wake,
    });
    registrations.add(registrations.events, "a subscription to", topic, entry.subscribes, handle);
  };
  const context = {
    name,
    config,
    app,
    server: ports.server.server,
    handle: createHandle(todo, httpApis, name, { sidecar, append: appendToOutbox(todo, clock, ids) }),
    db: connection.db,
    directUrl: urls.directUrl,
    clock,
    ids,
    log,
    metrics,
    tokens,
    sidecar,
    transaction: async (work: Parameters<ServiceContext<N, Tables, E>["transaction"]>[0]) => {
      const result = await inTransaction(connection.db, work);
      relay.wake();
      return result;
    },
    serve: (api: never, handlers: never, options?: { authenticate?: typeof authenticators.user }) =>
      serveApi(app, api, handlers, {
        ...authenticators,
        ...(options?.authenticate ? { user: options.authenticate } : {}),
      }),
    subscribe,
    onJob: (job: string, handler: (name: string) => Promise<void>) =>
      registrations.add(registrations.jobs, "the job", job, entry.jobs, handler),
    onCron: (binding: string, handler: () => Promise<void>) =>
      registrations.add(registrations.cron, "the cron binding", binding, Object.keys(entry.cron), handler),
    background: registrations.background.bind(registrations),
    onDrain: registrations.onDrain.bind(registrations),
    onClose: registrations.onClose.bind(registrations),
    wakeOutbox: relay.wake,
  } as unknown as ServiceContext<N, Tables, E>;

  return {
    context,
    finish: () => {
      registrations.assertComplete({ events: entry.subscribes, jobs: entry.jobs, cron: Object.keys(entry.cron) });
      deliveryRoutes(app, proof, registrations);
      registrations.background("inbox", (signal) => cleanInbox(kitDb, todo, entry.subscribes, log, signal));
      health.addCheck("database", () => answers(kitDb));
      health.addCheck("sidecar", () => sidecar.healthy());
    },
    drain: () => registrations.drain(),
    close: async () => {
      await registrations.close();
      await relay.stop();
      await connection.close();
    },
  };
}

const answers = async (db: Kysely<KitTables>): Promise<boolean> => {
  await db.selectNoFrom((eb) => eb.lit(1).as("one")).execute();
  return true;
};

function connectTo<Tables>(
  name: string,
  config: Config,
  urls: DatabaseUrls,
  { log, metrics }: Ports,
): Connection<Tables> {
  const connection = connect<Tables>(urls.url, {
    applicationName: name,
    ca: config.DATABASE_CA,
    max: config.DATABASE_POOL_MAX,
    prepares: config.DATABASE_PREPARED_STATEMENTS,
    onError: (err) => log.warn({ err }, "an idle database connection broke"),
  });
  observeDatabase(metrics, connection.db as unknown as Kysely<KitTables>, connection.pool);
  return connection;
}

const relayOf = (name: string, config: Config, db: Kysely<KitTables>, { log, metrics, sidecar, urls }: Ports): Relay =>
  startRelay({
    db,
    directUrl: urls.directUrl,
    ca: config.DATABASE_CA,
    service: name,
    schema: config.DATABASE_SCHEMA ?? schemaName(name),
    metrics,
    log,
    publish: (row) =>
      sidecar.publish(row.topic, envelopeOf(name, row), {
        partitionKey: row.key,
        traceparent: row.traceparent,
        tracestate: row.tracestate,
      }),
  });
