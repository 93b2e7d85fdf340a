/** What the laptop has instead of a cluster's operator: ports, tokens, passwords and secrets, kept in the data folder. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { System } from "#model/system";

/** First port of the sidecars, in the order of the model: the front end, which stands first, has Dapr's own 3500. */
export const FIRST_DAPR_PORT = 3500;

/** The one address that a person opens; routes lead from it as the cluster's do. */
export const EDGE_PORT = 8000;

export interface Settings {
  readonly folder: string;
  /** Of the one address. */
  readonly edgePort: number;
  readonly secretsFile: string;
  readonly daprPort: (service: string) => number;
  readonly apiToken: string;
  readonly appToken: string;
  readonly passwordOf: (service: string) => string;
  readonly demo: Demo;
}

export interface Demo {
  readonly password: string;
  /** Whether the password was made just now: nobody can have signed up with it. */
  readonly isNew: boolean;
}

interface Kept {
  readonly passwords: Record<string, string>;
  readonly secrets: Record<string, string>;
  demoPassword?: string;
}

const random = (): string => randomBytes(32).toString("base64url");

/** Environment variables that a developer sets for what only he knows, by secret. */
export const givenSecrets = (model: System, environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(model.secrets)
      .filter(([, { source }]) => source === "given")
      .flatMap(([name]) => {
        const value = environment[name.toUpperCase().replaceAll("-", "_")];
        return value ? [[name, value]] : [];
      }),
  );

/**
 * Reads what earlier runs made, makes what is missing, and writes the secret store's file.
 * @param portOffset added to every port that is not the model's
 */
export function settings(
  model: System,
  folder: string,
  environment: NodeJS.ProcessEnv,
  portOffset: number = 0,
): Settings {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "kept.json");
  const kept: Kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Kept)
    : { passwords: {}, secrets: {} };
  const names = Object.keys(model.services);
  for (const name of names) kept.passwords[name] ??= random();
  for (const [name, { source }] of Object.entries(model.secrets))
    if (source === "random") kept.secrets[name] ??= random();
  const demo = demoOf(kept);
  writeFileSync(file, JSON.stringify(kept, null, 2), { mode: 0o600 });
  const secretsFile = join(folder, "secrets.json");
  writeFileSync(secretsFile, JSON.stringify({ ...kept.secrets, ...givenSecrets(model, environment) }, null, 2), {
    mode: 0o600,
  });
  return Object.freeze({
    folder,
    secretsFile,
    edgePort: EDGE_PORT + portOffset,
    daprPort: (service: string) => FIRST_DAPR_PORT + portOffset + names.indexOf(service),
    apiToken: random(),
    appToken: random(),
    passwordOf: (service: string) => kept.passwords[service] ?? "",
    demo,
  });
}

function demoOf(kept: Kept): Demo {
  const isNew = kept.demoPassword === undefined;
  kept.demoPassword ??= randomBytes(9).toString("base64url");
  return { password: kept.demoPassword, isNew };
}
