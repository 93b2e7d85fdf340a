/** The `main` of every service. */
import { schemaName } from "#model/names";
import { type EnvironmentShape, readConfig } from "./config.ts";
import { migrate } from "./database/migrations.ts";
import type { ServiceDefinition, TodoService } from "./define-service.ts";
import { StartError } from "./errors.ts";
import { startService } from "./start-service.ts";

/**
 * Runs the service until SIGTERM or SIGINT. `main.ts migrate` brings its schema up to date and ends.
 * What hinders the start is told in one line on stderr, with exit code 1.
 */
export async function run<const N extends TodoService, Tables, const E extends EnvironmentShape>(
  definition: ServiceDefinition<N, Tables, E>,
): Promise<void> {
  try {
    if (process.argv[2] === "migrate") await applyMigrations(definition);
    else await serve(definition);
  } catch (error) {
    if (error instanceof StartError) console.error(error.message);
    else console.error(`${definition.name} cannot start:`, error);
    process.exit(1);
  }
}

async function applyMigrations<N extends TodoService, T, E extends EnvironmentShape>({
  name,
  database,
}: ServiceDefinition<N, T, E>): Promise<void> {
  const config = readConfig(name, {}, { PORT: "0", NODE_ENV: "development", ...withoutMode(process.env) });
  const url = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
  if (!url)
    throw new StartError(`${name} cannot migrate: set DATABASE_URL, or DATABASE_URL_FILE to a file that holds it`);
  const { applied, unknown } = await migrate(url, config.DATABASE_SCHEMA ?? schemaName(name), database.migrations, {
    applicationName: `${name}-migrate`,
    ca: config.DATABASE_CA,
    onError: (error) => console.error(error.message),
  });
  const newer = unknown.length > 0 ? `; the database also knows ${unknown.join(", ")} of a newer release` : "";
  console.log(`${name}: ${applied.length === 0 ? "nothing to migrate" : `applied ${applied.join(", ")}`}${newer}`);
}

/** A migration Job has no tokens, which a running service in production must have. */
const withoutMode = ({ NODE_ENV: _, ...rest }: NodeJS.ProcessEnv): NodeJS.ProcessEnv => rest;

async function serve<N extends TodoService, T, E extends EnvironmentShape>(
  definition: ServiceDefinition<N, T, E>,
): Promise<void> {
  const config = readConfig(definition.name, definition.env, process.env);
  const service = await startService(definition, config);
  const { log } = service.context;

  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) {
      log.warn({ why }, "asked a second time: ending at once");
      process.exit(1);
    }
    stopping = true;
    log.info({ why }, "stopping");
    service.stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.fatal({ err }, "could not stop in order");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  // The state after an error that nobody handled is unknown: what was acknowledged is durable, so ending is safe.
  process.on("uncaughtException", (err) => {
    log.fatal({ err }, "nobody handled this error");
    process.exit(1);
  });
}
