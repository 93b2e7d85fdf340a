/** One JSON object a line, as every service logs. */
import "server-only";
import type { Logger } from "pino";
import { createLog } from "#kit/telemetry/log";
import { config } from "./config.ts";

let made: Logger | undefined;

export function log(): Logger {
  made ??= createLog({ service: "frontend", level: config().LOG_LEVEL });
  return made;
}
