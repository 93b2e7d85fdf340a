import { type DestinationStream, type Logger, pino } from "pino";
import { currentIds } from "./tracing.ts";

/** Where people's words, addresses and secrets could slip in; logs outlive an account. */
const PERSONAL = [
  "email",
  "title",
  "notes",
  "text",
  "body",
  "password",
  "token",
  "authorization",
  "cookie",
  "name",
].flatMap((key) => [key, `*.${key}`]);

export interface LogOptions {
  readonly service: string;
  readonly level: string;
  readonly destination?: DestinationStream;
}

/** One JSON object a line, with the trace it belongs to. Users appear by their opaque id, nothing else of theirs does. */
export function createLog({ service, level, destination }: LogOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => currentIds() ?? {},
    redact: { paths: PERSONAL, censor: "[left out]" },
    serializers: { err: pino.stdSerializers.errWithCause },
  };
  return destination ? pino(options, destination) : pino(options);
}
