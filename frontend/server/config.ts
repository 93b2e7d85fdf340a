/** The front end's environment: the same variables as every service, read once when the server starts. */
import "server-only";
import { type Config, readConfig } from "#kit/config";

let known: Config | undefined;

/** @throws StartError naming every variable that is missing or wrong */
export function config(): Config {
  known ??= readConfig("frontend", {}, { PORT: "3000", ...process.env });
  return known;
}
