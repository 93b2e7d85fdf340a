/** Environment variables, read and checked once, here and nowhere else. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { StartError } from "./errors.ts";

const seconds = (fallback: number) => z.coerce.number().min(0).max(3600).default(fallback);
const port = z.coerce.number().int().min(0).max(65_535);

/** What every service reads. A value may come from a file instead: `NAME_FILE` holds the path. */
const shape = {
  NODE_ENV: z.enum(["production", "development", "test"]).default("development"),
  ENVIRONMENT: z.string().default("local"),
  PORT: port,
  /** Address to listen on; only the pod's network is meant to reach it. */
  HOST: z.string().default("0.0.0.0"),
  PUBLIC_ORIGIN: z.url().default("http://localhost:3000"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  SHUTDOWN_DELAY_SECONDS: seconds(0),
  SHUTDOWN_DRAIN_SECONDS: seconds(20),
  DAPR_HTTP_PORT: port.default(3500),
  DAPR_HOST: z.string().default("127.0.0.1"),
  DAPR_API_TOKEN: z.string().min(1).optional(),
  APP_API_TOKEN: z.string().min(1).optional(),
  /** Absent: the URL is read from the secret store. */
  DATABASE_URL: z.string().min(1).optional(),
  /** Past any pooler, for LISTEN and advisory locks. @default DATABASE_URL */
  DATABASE_DIRECT_URL: z.string().min(1).optional(),
  DATABASE_SCHEMA: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/)
    .optional(),
  DATABASE_CA: z.string().optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).default(10),
  /** `false` behind a pooler that does not find them again. */
  DATABASE_PREPARED_STATEMENTS: z.stringbool().default(true),
  /** Spans are exported only when this is set. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
} as const;

export type EnvironmentShape = Readonly<Record<string, z.ZodType>>;

type Values<S extends EnvironmentShape> = { readonly [K in keyof S]: z.output<S[K]> };

/** Everything a service was told, frozen. `env` holds what the service asked for beyond the kit. */
export type Config<E extends EnvironmentShape = EnvironmentShape> = Values<typeof shape> & {
  readonly service: string;
  readonly env: Values<E>;
};

/**
 * Reads the configuration of a service.
 * @param extra what the service needs beyond what every service reads, by variable
 * @throws StartError naming every variable that is missing or wrong
 */
export function readConfig<const E extends EnvironmentShape>(
  service: string,
  extra: E,
  environment: Readonly<Record<string, string | undefined>>,
): Config<E> {
  const problems: string[] = [];
  const values = withFiles([...Object.keys(shape), ...Object.keys(extra)], environment, problems);
  const base = z.object(shape).safeParse(values);
  const own = z.object(extra).safeParse(values);
  for (const { error } of [base, own]) {
    for (const issue of error?.issues ?? []) problems.push(`${issue.path.join(".")}: ${issue.message}`);
  }
  if (!base.success || !own.success || problems.length > 0) {
    throw new StartError(`${service} cannot start, its environment is wrong: ${problems.join("; ")}`);
  }
  if (base.data.NODE_ENV === "production" && !base.data.APP_API_TOKEN) {
    throw new StartError(
      `${service} cannot start in production without APP_API_TOKEN: anybody could deliver events to it`,
    );
  }
  return Object.freeze({ ...base.data, service, env: Object.freeze(own.data) }) as unknown as Config<E>;
}

/** Empty values count as absent: shells and manifests cannot unset a variable. */
function withFiles(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const file = environment[`${name}_FILE`];
    const value = environment[name] || (file ? readOrReport(name, file, problems) : undefined);
    if (value) values[name] = value;
  }
  return values;
}

function readOrReport(name: string, file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    problems.push(`${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}
