/** The process of all local sidecars. Its settings come as a file, as they hold tokens. */
import { readFileSync } from "node:fs";
import { environments } from "#environments";
import { todo } from "#system";
import { LocalError } from "../local-error.ts";
import { type AppProps, startSidecars } from "./start.ts";

export interface SidecarSettings {
  readonly apps: Readonly<Record<string, AppProps>>;
  readonly dataFile: string;
  readonly secretsFile: string;
}

const log = (line: string): void => console.log(JSON.stringify({ level: "warn", service: "sidecars", msg: line }));

try {
  const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as SidecarSettings;
  const sidecars = await startSidecars({ model: todo, environment: environments.dev, ...settings, log });
  const stop = (): void => {
    void sidecars.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  console.log(JSON.stringify({ level: "info", service: "sidecars", msg: "ready" }));
} catch (error) {
  console.error(error instanceof LocalError ? error.message : error);
  process.exit(1);
}
